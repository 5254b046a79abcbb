//! Which functions an address is in: the one whose code it is, and those that were inlined there.
//!
//! Spec: DWARF 5 section 3.3.

use gimli::{AttributeValue, EntriesRaw, UnitOffset};

use super::dwarf::{Bytes, Ranges, Result, Search, Unit, Value};

/// How many functions are named at a place, the outermost among them.
const DEEPEST: usize = 32;

/// How often a name may be that of another entry: a copy's is its original's, a definition's its
/// declaration's.
const REFERENCES: usize = 8;

/// A function that an address is in.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope {
    /// Its name, mangled if it was.
    pub(super) name: Option<String>,
    /// Where it was called, when it is inlined.
    pub(super) call: Call,
}

/// A place in the source: an index of a file, a line and a column; 0 is none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Call {
    pub(super) file: Option<u64>,
    pub(super) line: u64,
    pub(super) column: u64,
}

/// What an entry of a function says.
#[derive(Default)]
struct Entry<'a> {
    ranges: Ranges<'a>,
    name: Name<'a>,
    call: Call,
}

/// What an entry says of its name.
#[derive(Default)]
struct Name<'a> {
    linkage: Option<Value<'a>>,
    plain: Option<Value<'a>>,
    origin: Option<Value<'a>>,
}

/// The functions that each address is in, the outermost first: as many as could be read.
pub(super) fn find<'a>(
    search: &mut Search<'_, 'a>,
    unit: &Unit<'a>,
    addresses: &[u64],
) -> Vec<Vec<Scope>> {
    let mut found = vec![Vec::new(); addresses.len()];
    // What was found before something broken is good.
    let _broken = walk(search, unit, addresses, &mut found).is_err();
    found
}

/// Entries stand in the order of a tree's depth first, so whoever contains an address comes before
/// those inside it that do.
fn walk<'a>(
    search: &mut Search<'_, 'a>,
    unit: &Unit<'a>,
    addresses: &[u64],
    found: &mut [Vec<Scope>],
) -> Result<()> {
    let mut entries = unit.unit.header.entries_raw(&unit.unit.abbreviations, None)?;
    while !entries.is_empty() {
        search.budget.spend(1)?;
        let Some(abbreviation) = entries.read_abbreviation()? else { continue };
        search.budget.spend(abbreviation.attributes().len())?;
        let is_function = matches!(
            abbreviation.tag(),
            gimli::DW_TAG_subprogram | gimli::DW_TAG_inlined_subroutine
        );
        if !is_function {
            entries.skip_attributes(abbreviation.attributes())?;
            continue;
        }
        let entry = read(&mut entries, abbreviation)?;
        let covered = search.covered(&unit.unit, &entry.ranges, addresses)?;
        if covered.is_empty() {
            continue;
        }
        let name = name(search, unit, &entry.name);
        for at in covered {
            if found[at].len() < DEEPEST {
                found[at].push(Scope { name: name.clone(), call: entry.call });
            }
        }
    }
    Ok(())
}

fn read<'a>(
    entries: &mut EntriesRaw<'_, Bytes<'a>>,
    abbreviation: &gimli::Abbreviation,
) -> Result<Entry<'a>> {
    let mut entry = Entry::default();
    for specification in abbreviation.attributes() {
        let attribute = entries.read_attribute(*specification)?;
        entry.ranges.note(&attribute);
        let number = || attribute.udata_value().unwrap_or(0);
        match (attribute.name(), attribute.value()) {
            (gimli::DW_AT_linkage_name | gimli::DW_AT_MIPS_linkage_name, value) => {
                entry.name.linkage = Some(value);
            }
            (gimli::DW_AT_name, value) => entry.name.plain = Some(value),
            (gimli::DW_AT_abstract_origin | gimli::DW_AT_specification, value) => {
                entry.name.origin = Some(value);
            }
            (gimli::DW_AT_call_file, AttributeValue::FileIndex(file)) => {
                entry.call.file = Some(file);
            }
            (gimli::DW_AT_call_line, _) => entry.call.line = number(),
            (gimli::DW_AT_call_column, _) => entry.call.column = number(),
            _ => {}
        }
    }
    Ok(entry)
}

/// The name for linkers says more than the plain one; the nearest that there is counts.
fn name<'a>(search: &mut Search<'_, 'a>, unit: &Unit<'a>, name: &Name<'a>) -> Option<String> {
    let known = |search: &mut Search<'_, 'a>, unit: &Unit<'a>, name: &Name<'a>| {
        let value = name.linkage.or(name.plain)?;
        let string = search.string(&unit.unit, value).ok()?;
        Some(string.to_string_lossy().into_owned())
    };
    let mut found = known(search, unit, name);
    let mut origin = name.origin;
    let mut elsewhere: Option<Unit<'a>> = None;
    for _ in 0..REFERENCES {
        let (None, Some(value)) = (&found, origin) else { break };
        let within = if let AttributeValue::UnitRef(within) = value {
            within
        } else if let AttributeValue::DebugInfoRef(at) = value {
            let (unit, within) = search.unit_at(at).ok()?;
            elsewhere = Some(unit);
            within
        } else {
            break;
        };
        let unit = elsewhere.as_ref().unwrap_or(unit);
        let next = entry_at(search, unit, within).ok()?;
        found = known(search, unit, &next.name);
        origin = next.name.origin;
    }
    found
}

fn entry_at<'a>(search: &mut Search<'_, 'a>, unit: &Unit<'a>, at: UnitOffset) -> Result<Entry<'a>> {
    let mut entries = unit.unit.header.entries_raw(&unit.unit.abbreviations, Some(at))?;
    match entries.read_abbreviation()? {
        Some(abbreviation) => {
            search.budget.spend(1 + abbreviation.attributes().len())?;
            read(&mut entries, abbreviation)
        }
        None => Ok(Entry::default()),
    }
}
