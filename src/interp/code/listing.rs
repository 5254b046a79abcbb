//! Code as text: one line an op, its word on the left, operands in the order of their bytes.
//!
//! ```text
//!    0  i64.lt_s l0 2 ; goto 6
//!    4  return l0
//! ```

use std::fmt::{self, Write};

use super::{Cost, Site, Word};
use crate::interp::machine::{Kind, Shape, WORD};
use crate::wasm::LocalIdx;

/// Our own code of a function, as text.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct CodeListing {
    /// The locals that live in a register: its name in the listing, and the local.
    pub pins: Vec<(&'static str, LocalIdx)>,
    /// The ops in order.
    pub ops: Vec<CodeLine>,
}

/// An op of a [`CodeListing`].
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub struct CodeLine {
    /// The word where it stands: what branches name.
    pub word: usize,
    /// Where its instruction stands in the binary; the first, when it is made of several.
    pub offset: usize,
    /// Its name and operands.
    pub text: String,
}

/// A line a pinned local, then a line an op.
impl fmt::Display for CodeListing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (register, local) in &self.pins {
            writeln!(f, "     {register} is local {local}")?;
        }
        self.ops.iter().try_for_each(|op| writeln!(f, "{op}"))
    }
}

/// `   4 return l0`
impl fmt::Display for CodeLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>4} {}", self.word, self.text)
    }
}

/// An op of a function under construction: the word where it stands, and how it is shown.
#[derive(Clone, Copy)]
pub(crate) struct Listed {
    /// The word of its handler.
    pub(crate) word: usize,
    /// How it is shown.
    pub(crate) shape: &'static Shape,
    /// Words that hold a target and a cost: of a branch.
    pub(crate) branch: Option<(usize, Option<usize>)>,
    /// Whether the next op always follows this one and no other, so that the two could be one.
    pub(crate) adjoins: bool,
}

/// Where the op's first instruction stands.
pub(super) fn offset(sites: &[Site], op: &Listed) -> u32 {
    let at = sites.partition_point(|site| (site.word as usize) < op.word);
    sites.get(at).map_or(0, |site| site.offset)
}

/// The text of code whose targets are still word indices.
pub(super) fn list(words: &[Word], sites: &[Site], ops: &[Listed]) -> Vec<CodeLine> {
    let ends = ops.iter().skip(1).map(|next| next.word).chain([words.len()]);
    let lines = ops.iter().zip(ends).map(|(op, end)| CodeLine {
        word: op.word,
        offset: offset(sites, op) as usize,
        text: line(words, op, end),
    });
    lines.collect()
}

fn line(words: &[Word], op: &Listed, end: usize) -> String {
    let bytes: Vec<u8> =
        words[op.word + 1..end].iter().flat_map(|word| word.to_ne_bytes()).collect();
    // A branch's target and cost stand before the operands of its condition.
    let skip = match op.branch {
        Some((_, Some(_))) => WORD + Kind::Cost.size(),
        Some((_, None)) => WORD,
        None => 0,
    };
    let mut text = String::new();
    let used = shape(&mut text, op.shape, &bytes[skip..]);
    if let Some((target, cost)) = op.branch {
        let _ = write!(text, " -> {}", words[target]);
        if let Some(cost) = cost {
            let _ = write!(text, " pays {}", Cost::from_bits(words[cost] as u32));
        }
    } else if let Shape::Op { operands: [.., last], .. } = op.shape {
        rows(&mut text, *last, &bytes[used.next_multiple_of(WORD).min(bytes.len())..]);
    }
    text.trim_start().to_owned()
}

/// An op's name and operands. Gives how many bytes the operands took.
fn shape(text: &mut String, shape_of: &Shape, bytes: &[u8]) -> usize {
    match shape_of {
        Shape::Op { name, operands } => {
            let _ = write!(text, " {name}");
            let mut at = 0;
            for kind in *operands {
                operand(text, *kind, bytes.get(at..).unwrap_or(&[]));
                at += kind.size();
            }
            at
        }
        Shape::Pair(first, second) => {
            let at = shape(text, first, bytes);
            text.push_str(" ;");
            at + shape(text, second, bytes.get(at..).unwrap_or(&[]))
        }
    }
}

fn operand(text: &mut String, kind: Kind, bytes: &[u8]) {
    // A branch's own operands are told apart from its condition's.
    if bytes.len() < kind.size() {
        return;
    }
    let narrow = || bytes.first_chunk().map_or(0, |bytes| i16::from_ne_bytes(*bytes));
    let half = || bytes.first_chunk().map_or(0, |bytes| i32::from_ne_bytes(*bytes));
    let whole = || bytes.first_chunk().map_or(0, |bytes| i64::from_ne_bytes(*bytes));
    let _ = match kind {
        Kind::Acc => write!(text, " acc"),
        Kind::L0 => write!(text, " l0"),
        Kind::L1 => write!(text, " l1"),
        Kind::F0 => write!(text, " f0"),
        Kind::F1 => write!(text, " f1"),
        Kind::Slot | Kind::Home => write!(text, " fp[{}]", narrow()),
        Kind::FarSlot => write!(text, " fp[{}]", half()),
        Kind::Const32 | Kind::Index => write!(text, " {}", half()),
        Kind::Const64 => write!(text, " {}", whole()),
        Kind::Const128 => {
            let bytes = bytes.first_chunk().map_or(0, |bytes| u128::from_le_bytes(*bytes));
            write!(text, " {bytes:#034x}")
        }
        Kind::Lane => write!(text, " {}", bytes[0]),
        Kind::Lanes => bytes[..kind.size()].iter().try_for_each(|lane| write!(text, " {lane}")),
        Kind::Offset => write!(text, " +{}", half().cast_unsigned()),
        Kind::Offset64 => write!(text, " +{}", whole().cast_unsigned()),
        Kind::Cost => write!(text, " pays {}", Cost::from_bits(half().cast_unsigned())),
        // Addresses differ from run to run.
        Kind::Target | Kind::Entry | Kind::Rows | Kind::PaidRows => Ok(()),
    };
}

/// An op's name and the kinds of its operands that tell it from others: `i32.add l0 const acc`.
pub(crate) fn name(shape: &Shape) -> String {
    match shape {
        Shape::Op { name, operands } => {
            let kinds = operands.iter().filter_map(|kind| kind_name(*kind));
            std::iter::once(*name).chain(kinds).collect::<Vec<_>>().join(" ")
        }
        Shape::Pair(first, second) => format!("{} ; {}", name(first), name(second)),
    }
}

fn kind_name(kind: Kind) -> Option<&'static str> {
    match kind {
        Kind::Acc => Some("acc"),
        Kind::L0 => Some("l0"),
        Kind::L1 => Some("l1"),
        Kind::F0 => Some("f0"),
        Kind::F1 => Some("f1"),
        Kind::Slot => Some("slot"),
        Kind::Home => Some("home"),
        Kind::FarSlot => Some("far"),
        Kind::Const32 => Some("const"),
        Kind::Const64 => Some("const64"),
        Kind::Const128 => Some("const128"),
        // Each op has them or not, whatever its places.
        Kind::Lane
        | Kind::Lanes
        | Kind::Offset
        | Kind::Offset64
        | Kind::Index
        | Kind::Cost
        | Kind::Target
        | Kind::Entry
        | Kind::Rows
        | Kind::PaidRows => None,
    }
}

/// Rows of a table: targets, each with its cost when it has one.
fn rows(text: &mut String, kind: Kind, bytes: &[u8]) {
    if !matches!(kind, Kind::Rows | Kind::PaidRows) {
        return;
    }
    let (words, _) = bytes.as_chunks::<WORD>();
    for (index, word) in words.iter().enumerate() {
        let word = Word::from_ne_bytes(*word);
        let is_cost = matches!(kind, Kind::PaidRows) && index % 2 == 1;
        let _ = if is_cost {
            write!(text, " pays {}", Cost::from_bits(word as u32))
        } else {
            write!(text, " -> {word}")
        };
    }
}
