//! Builds the code of one function: emits ops and fuses neighbours, binds labels, settles what each
//! branch pays, and in the end makes targets absolute.

use std::any::TypeId;

use super::catches::{Building, Clause};
use super::listing::{self, CodeLine, Listed};
use super::references;
use super::{Code, Cost, Site, Word};
use crate::interp::engine::Backend;
use crate::interp::machine::{OpCode, WORD, whole};

/// The superinstruction of two ops, when there is one.
pub(crate) type Fuse = fn(TypeId, TypeId) -> Option<OpCode>;

/// A place in the code that branches go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Label(usize);

/// What is known of a label.
#[derive(Default)]
struct Place {
    /// The word it stands at, once it is bound.
    at: Option<usize>,
    /// Instructions that a path arrives here with and that are not paid yet.
    unpaid: i32,
    /// Branches to it before it was bound.
    edges: Vec<Edge>,
    /// Whether a clause leads here.
    catches: bool,
}

/// A branch: where its target goes, where its cost goes, what its path hasn't paid.
#[derive(Clone, Copy)]
struct Edge {
    target: usize,
    cost: Option<usize>,
    unpaid: i32,
}

/// The op that was emitted last, while another may be fused to it.
struct Last {
    id: TypeId,
    at: usize,
    operands: Vec<u8>,
}

/// Code under construction.
pub(crate) struct Builder {
    backend: Backend,
    fuse: Option<Fuse>,
    words: Vec<Word>,
    sites: Vec<Site>,
    places: Vec<Place>,
    /// Words that hold a target as an index, to be made absolute.
    targets: Vec<usize>,
    last: Option<Last>,
    spare: Vec<u8>,
    /// The ops, when they are to be listed.
    listed: Option<Vec<Listed>>,
    catches: Building,
    /// Where references are.
    pub(crate) references: references::Building,
}

impl Builder {
    /// No code yet; `fuse` is `None` when neighbours stay apart.
    pub(crate) fn new(backend: Backend, fuse: Option<Fuse>) -> Self {
        Self {
            backend,
            fuse,
            words: Vec::new(),
            sites: Vec::new(),
            places: Vec::new(),
            targets: Vec::new(),
            last: None,
            spare: Vec::new(),
            listed: None,
            catches: Building::default(),
            references: references::Building::default(),
        }
    }

    /// Remembers the ops for `list`.
    pub(crate) fn remember(&mut self) {
        self.listed = Some(Vec::new());
    }

    /// The code as text, when it was remembered.
    pub(crate) fn list(&self) -> Vec<CodeLine> {
        listing::list(&self.words, &self.sites, self.listed.as_deref().unwrap_or(&[]))
    }

    /// The ops, when they were remembered, each with the offset of its first instruction.
    pub(crate) fn ops(&self) -> impl Iterator<Item = (Listed, u32)> {
        self.listed.iter().flatten().map(|op| (*op, listing::offset(&self.sites, op)))
    }

    /// Emits an op that goes on with the next one; it may later be fused with that.
    pub(crate) fn plain(&mut self, op: OpCode, operands: &[u8], site: Site) {
        let (op, operands, at) = self.join(op, operands);
        self.open(op, at, site);
        if let Some(op) = self.listed.iter_mut().flatten().last() {
            op.adjoins = true;
        }
        self.fill(&operands);
        self.last = Some(Last { id: op.id(), at, operands });
    }

    /// Emits an op that goes elsewhere or is not to be fused.
    pub(crate) fn jump(&mut self, op: OpCode, operands: &[u8], site: Site) {
        let at = self.words.len();
        self.open(op, at, site);
        self.fill(operands);
        self.last = None;
    }

    /// Emits a branch to `label`, fused with the op before it when there is such an op. It pays
    /// when `paid` says so; the cost is settled when both ends are known.
    pub(crate) fn branch(
        &mut self,
        op: OpCode,
        label: Label,
        operands: &[u8],
        site: Site,
        paid: Paid,
    ) {
        let (op, mut operands, at) = self.join(op, operands);
        self.open(op, at, site);
        let target = self.words.len();
        self.words.push(0);
        let cost = match paid {
            Paid::Yes => {
                operands.splice(0..0, [0; 4]);
                Some(self.words.len())
            }
            Paid::No => None,
        };
        self.fill(&operands);
        if let Some(op) = self.listed.iter_mut().flatten().last() {
            op.branch = Some((target, cost));
        }
        let unpaid = site.unpaid as i32;
        self.edge(label, Edge { target, cost, unpaid });
        self.spare = operands;
        self.last = None;
    }

    /// Adds a row to the table of a `br_table` that was just emitted.
    pub(crate) fn row(&mut self, label: Label, unpaid: i32, paid: Paid) {
        let target = self.words.len();
        self.words.push(0);
        let cost = match paid {
            Paid::Yes => {
                self.words.push(0);
                Some(target + 1)
            }
            Paid::No => None,
        };
        self.edge(label, Edge { target, cost, unpaid });
    }

    /// A new label, bound to no place yet.
    pub(crate) fn label(&mut self) -> Label {
        self.places.push(Place::default());
        Label(self.places.len() - 1)
    }

    /// Binds the label here. `unpaid` is what the path that falls through hasn't paid; none when
    /// nothing falls through. Gives what every path arrives with.
    pub(crate) fn bind(&mut self, label: Label, unpaid: Option<i32>) -> i32 {
        let here = self.words.len();
        let place = &mut self.places[label.0];
        let unpaid = unpaid.or(place.edges.first().map(|edge| edge.unpaid)).unwrap_or(0);
        place.at = Some(here);
        place.unpaid = unpaid;
        for edge in std::mem::take(&mut place.edges) {
            self.settle(edge, here, unpaid);
        }
        if let Some(op) = self.listed.iter_mut().flatten().last() {
            op.adjoins = false;
        }
        self.last = None;
        unpaid
    }

    /// Whether the label is bound: a branch to it goes back.
    pub(crate) fn is_bound(&self, label: Label) -> bool {
        self.places[label.0].at.is_some()
    }

    /// Whether a branch or a clause goes to the label, which isn't bound yet.
    pub(crate) fn is_used(&self, label: Label) -> bool {
        let place = &self.places[label.0];
        place.catches || !place.edges.is_empty()
    }

    /// The word of the next op.
    pub(crate) fn here(&self) -> u32 {
        self.words.len() as u32
    }

    /// A `try_table` begins here.
    pub(crate) fn open_catches(&mut self, clauses: impl Iterator<Item = (Clause, Label)>) {
        let places = &mut self.places;
        let clauses = clauses.inspect(|(_, label)| places[label.0].catches = true);
        self.catches.open(self.words.len() as u32, clauses);
    }

    /// The innermost `try_table` ends here.
    pub(crate) fn close_catches(&mut self) {
        self.catches.close(self.words.len() as u32);
    }

    /// Where pinned floats are saved during calls.
    pub(crate) fn homes_of_floats(&mut self, homes: [Option<i32>; 2]) {
        self.catches.homes_of_floats(homes);
    }

    /// The finished code: targets are addresses.
    pub(crate) fn finish(self) -> Code {
        debug_assert!(self.places.iter().all(|place| place.edges.is_empty()), "labels are bound");
        let mut words = self.words.into_boxed_slice();
        let base = words.as_ptr() as Word;
        for target in self.targets {
            words[target] = base + words[target] * WORD as Word;
        }
        let places = self.places;
        let catches = self.catches.finish(|label| {
            let Place { at, unpaid, .. } = places[label.0];
            (at.expect("labels are bound") as u32, unpaid)
        });
        let references = self.references.finish();
        Code { words, sites: self.sites.into_boxed_slice(), catches, references }
    }

    /// Fuses the op with the one before it, when the list has the pair. Gives the op to emit, all
    /// its operands and where it stands.
    fn join(&mut self, op: OpCode, operands: &[u8]) -> (OpCode, Vec<u8>, usize) {
        let fused = self.last.take().and_then(|last| {
            let fuse = self.fuse?;
            Some((fuse(last.id, op.id())?, last))
        });
        match fused {
            Some((op, Last { at, operands: mut before, .. })) => {
                self.words.truncate(at);
                if let Some(listed) = &mut self.listed {
                    listed.pop();
                }
                before.extend_from_slice(operands);
                (op, before, at)
            }
            None => {
                let mut bytes = std::mem::take(&mut self.spare);
                bytes.clear();
                bytes.extend_from_slice(operands);
                (op, bytes, self.words.len())
            }
        }
    }

    fn open(&mut self, op: OpCode, at: usize, site: Site) {
        self.words.push(op.word(self.backend));
        if let Some(listed) = &mut self.listed {
            listed.push(Listed { word: at, shape: op.shape(), branch: None, adjoins: false });
        }
        self.sites.push(Site { word: at as u32, ..site });
    }

    /// Writes operand bytes, filled up to whole words.
    fn fill(&mut self, operands: &[u8]) {
        let (chunks, rest) = operands.as_chunks::<WORD>();
        self.words.extend(chunks.iter().map(|chunk| Word::from_ne_bytes(*chunk)));
        if !rest.is_empty() {
            let mut last = [0; WORD];
            last[..rest.len()].copy_from_slice(rest);
            self.words.push(Word::from_ne_bytes(last));
        }
        debug_assert_eq!(
            whole(operands.len()) / WORD,
            chunks.len() + usize::from(!rest.is_empty())
        );
    }

    fn edge(&mut self, label: Label, edge: Edge) {
        self.targets.push(edge.target);
        match self.places[label.0] {
            Place { at: Some(at), unpaid, .. } => self.settle(edge, at, unpaid),
            Place { at: None, .. } => self.places[label.0].edges.push(edge),
        }
    }

    /// Writes an edge's target, and its cost: its own unpaid part less what the target arrives
    /// with.
    fn settle(&mut self, edge: Edge, at: usize, unpaid: i32) {
        self.words[edge.target] = at as Word;
        if let Some(cost) = edge.cost {
            let mut bytes = self.words[cost].to_ne_bytes();
            bytes[..4].copy_from_slice(&((edge.unpaid - unpaid) as Cost).to_ne_bytes());
            self.words[cost] = Word::from_ne_bytes(bytes);
        }
    }
}

/// Whether a branch has a cost operand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Paid {
    /// Its handler pays.
    Yes,
    /// Its handler doesn't.
    No,
}
