//! The `try_table` blocks of a function: which code they cover, and where their clauses lead.
//! Nothing of this is looked at before something is thrown.

use super::Label;

/// The blocks in the order in which they begin, and their clauses.
#[derive(Default)]
pub(crate) struct Catches {
    blocks: Box<[Block]>,
    clauses: Box<[Clause]>,
    /// The slots that pinned floats are saved in.
    pub(crate) float_homes: [Option<i32>; 2],
}

/// A block: its words, the block around it, its clauses.
struct Block {
    start: u32,
    end: u32,
    around: Option<u32>,
    first: u32,
    count: u32,
}

/// A clause.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct Clause {
    /// The tag's index; none for every exception.
    pub(crate) tag: Option<u32>,
    /// Whether the exception itself follows its values.
    pub(crate) gives_exception: bool,
    /// The slot of the first value.
    pub(crate) slot: i32,
    /// The word at which the code goes on.
    pub(crate) word: u32,
    /// What paths arrive there with and haven't paid.
    pub(crate) unpaid: i32,
}

impl Catches {
    /// The clauses that cover the op at `word`, innermost block first.
    pub(crate) fn around(&self, word: u32) -> impl Iterator<Item = &Clause> {
        let before = self.blocks.partition_point(|block| block.start <= word);
        let mut next = before.checked_sub(1).map(|index| index as u32);
        let covering = std::iter::from_fn(move || {
            let block = &self.blocks[next? as usize];
            next = block.around;
            Some(block)
        });
        covering
            .filter(move |block| word < block.end)
            .flat_map(|block| self.clauses[block.first as usize..][..block.count as usize].iter())
    }
}

/// Blocks and clauses while the code is built.
#[derive(Default)]
pub(super) struct Building {
    blocks: Vec<Block>,
    clauses: Vec<(Clause, Label)>,
    open: Vec<u32>,
    float_homes: [Option<i32>; 2],
}

impl Building {
    pub(super) fn open(&mut self, start: u32, clauses: impl Iterator<Item = (Clause, Label)>) {
        let first = self.clauses.len() as u32;
        self.clauses.extend(clauses);
        let count = self.clauses.len() as u32 - first;
        let around = self.open.last().copied();
        self.open.push(self.blocks.len() as u32);
        self.blocks.push(Block { start, end: start, around, first, count });
    }

    pub(super) fn close(&mut self, end: u32) {
        let block = self.open.pop().expect("a block that was opened is closed once");
        self.blocks[block as usize].end = end;
    }

    pub(super) fn homes_of_floats(&mut self, homes: [Option<i32>; 2]) {
        self.float_homes = homes;
    }

    /// `place` says at which word a label is, and what paths owe there.
    pub(super) fn finish(self, place: impl Fn(Label) -> (u32, i32)) -> Catches {
        let clauses = self.clauses.into_iter().map(|(clause, label)| {
            let (word, unpaid) = place(label);
            Clause { word, unpaid, ..clause }
        });
        Catches {
            blocks: self.blocks.into(),
            clauses: clauses.collect(),
            float_homes: self.float_homes,
        }
    }
}
