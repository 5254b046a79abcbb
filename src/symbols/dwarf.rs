//! DWARF: which units of it tell of an address, and their ranges. Lines are `lines`', functions
//! `scopes`'.
//!
//! Everything read is paid for from a [`Budget`] before it is read. What is broken ends the search
//! of its unit; nothing here recurses. Spec: DWARF 5 sections 3.1 and 7.5.

use std::sync::Arc;

use gimli::{
    Attribute, AttributeValue, DebugAbbrev, DebugAddrBase, DebugInfoOffset, DebugLineOffset,
    DebugLocListsBase, DebugRngListsBase, DebugStrOffsetsBase, EndianSlice, Error, LittleEndian,
    Section, UnitHeader, UnitOffset,
};

use super::budget::Budget;
use super::{lines, scopes};
use crate::wasm::Module;

pub(super) type Bytes<'a> = EndianSlice<'a, LittleEndian>;
pub(super) type Value<'a> = AttributeValue<Bytes<'a>>;
pub(super) type Result<T> = std::result::Result<T, Error>;

/// What a byte of an abbreviation table takes in memory, about.
const ABBREVIATION_COST: usize = 8;

/// One function of the source at a place: the one whose code it is, or one that was inlined there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Source {
    /// The function's name, mangled if it was.
    pub(super) function: Option<String>,
    /// `file:line:column`, as much as is known.
    pub(super) place: Option<String>,
}

/// The DWARF sections of a module.
pub(super) struct Dwarf<'a> {
    pub(super) sections: gimli::Dwarf<Bytes<'a>>,
}

/// One compilation unit.
pub(super) struct Unit<'a> {
    pub(super) unit: gimli::Unit<Bytes<'a>>,
    /// Where its line program is.
    pub(super) lines: Option<DebugLineOffset>,
    root: Ranges<'a>,
}

/// What an entry says of the addresses that it is about.
#[derive(Clone, Copy, Default)]
pub(super) struct Ranges<'a> {
    low: Option<Value<'a>>,
    high: Option<Value<'a>>,
    list: Option<Value<'a>>,
}

/// The units of a report's search, and what they may cost.
pub(super) struct Search<'d, 'a> {
    pub(super) dwarf: &'d Dwarf<'a>,
    headers: Vec<UnitHeader<Bytes<'a>>>,
    /// Where abbreviation tables begin, ascending: each ends where the next begins at the latest.
    tables: Vec<usize>,
    pub(super) budget: Budget,
}

impl<'a> Dwarf<'a> {
    /// The sections of a module; none when it has no DWARF.
    pub(super) fn of(module: &'a Module) -> Option<Self> {
        module.custom(gimli::SectionId::DebugInfo.name())?;
        let section = |id: gimli::SectionId| {
            let bytes = module.custom(id.name()).unwrap_or_default();
            Ok::<_, Error>(EndianSlice::new(bytes, LittleEndian))
        };
        Some(Self { sections: gimli::Dwarf::load(section).ok()? })
    }

    /// What stands at each address, innermost function first; nothing where that's unknown.
    pub(super) fn sources(&self, addresses: &[u64]) -> Vec<Vec<Source>> {
        let mut found = vec![Vec::new(); addresses.len()];
        let mut search =
            Search { dwarf: self, headers: Vec::new(), tables: Vec::new(), budget: Budget::new() };
        // What was found before something broken is good.
        let _broken = search.headers().is_err();
        for at in 0..search.headers.len() {
            let missing = |at: &usize| found[*at].is_empty();
            let wanted: Vec<_> = (0..addresses.len()).filter(missing).collect();
            if wanted.is_empty() {
                break;
            }
            let probes: Vec<_> = wanted.iter().map(|at| addresses[*at]).collect();
            let sources = search.unit_sources(at, &probes).unwrap_or_default();
            for (at, sources) in wanted.into_iter().zip(sources) {
                found[at] = sources;
            }
        }
        found
    }
}

impl<'a> Search<'_, 'a> {
    /// Reads all headers.
    fn headers(&mut self) -> Result<()> {
        let mut units = self.dwarf.sections.units();
        let read = loop {
            let cost = size_of::<UnitHeader<Bytes<'a>>>();
            match self.budget.spend(cost).and_then(|()| units.next()) {
                Ok(Some(header)) => self.headers.push(header),
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        };
        self.tables = self.headers.iter().map(|header| header.debug_abbrev_offset().0).collect();
        self.tables.sort_unstable();
        read
    }

    /// What stands at those of the addresses that a unit is about.
    fn unit_sources(&mut self, at: usize, addresses: &[u64]) -> Result<Vec<Vec<Source>>> {
        let unit = self.open(self.headers[at])?;
        let mut found = vec![Vec::new(); addresses.len()];
        let covered = self.covered(&unit.unit, &unit.root, addresses)?;
        if covered.is_empty() {
            return Ok(found);
        }
        let probes: Vec<_> = covered.iter().map(|at| addresses[*at]).collect();
        // Either half is of use without the other.
        let scopes = scopes::find(self, &unit, &probes);
        let places = lines::find(self, &unit, &probes, &scopes).unwrap_or_default();
        let mut places = places.into_iter();
        for (at, scopes) in covered.into_iter().zip(scopes) {
            let functions = scopes.iter().rev().map(|scope| scope.name.clone());
            // What has no function may still have a line.
            let functions = functions.chain(scopes.is_empty().then_some(None));
            let places = places.next().unwrap_or_default();
            let mut places = places.into_iter();
            let mut next = || places.next().unwrap_or_default();
            found[at] = functions.map(|function| Source { function, place: next() }).collect();
        }
        Ok(found)
    }

    /// The unit that an offset into `.debug_info` is in, and where in the unit.
    pub(super) fn unit_at(&mut self, offset: DebugInfoOffset) -> Result<(Unit<'a>, UnitOffset)> {
        let start = |header: &UnitHeader<Bytes<'_>>| header.debug_info_offset();
        let above = self.headers.partition_point(|header| start(header) <= Some(offset));
        let header = above.checked_sub(1).and_then(|at| self.headers.get(at).copied());
        let header = header.ok_or(Error::MissingUnitDie)?;
        let within = offset.to_unit_offset(&header).ok_or(Error::MissingUnitDie)?;
        Ok((self.open(header)?, within))
    }

    /// Reads a unit's abbreviations and its root entry. Spec: DWARF 5 section 3.1.1.
    fn open(&mut self, header: UnitHeader<Bytes<'a>>) -> Result<Unit<'a>> {
        let abbreviations = Arc::new(self.abbreviations(&header)?);
        let mut unit =
            Unit { unit: bare(header, abbreviations), lines: None, root: Ranges::default() };
        let mut name_and_folder = (None, None);
        let mut entries = unit.unit.header.entries_raw(&unit.unit.abbreviations, None)?;
        let abbreviation = entries.read_abbreviation()?.ok_or(Error::MissingUnitDie)?;
        for specification in abbreviation.attributes() {
            self.budget.spend(1)?;
            let attribute = entries.read_attribute(*specification)?;
            unit.root.note(&attribute);
            match (attribute.name(), attribute.value()) {
                (gimli::DW_AT_name, value) => name_and_folder.0 = Some(value),
                (gimli::DW_AT_comp_dir, value) => name_and_folder.1 = Some(value),
                (gimli::DW_AT_stmt_list, AttributeValue::DebugLineRef(at)) => unit.lines = Some(at),
                (_, AttributeValue::DebugStrOffsetsBase(base)) => unit.unit.str_offsets_base = base,
                (_, AttributeValue::DebugAddrBase(base)) => unit.unit.addr_base = base,
                (_, AttributeValue::DebugRngListsBase(base)) => unit.unit.rnglists_base = base,
                _ => {}
            }
        }
        unit.unit.name = name_and_folder.0.and_then(|name| self.string(&unit.unit, name).ok());
        unit.unit.comp_dir = name_and_folder.1.and_then(|name| self.string(&unit.unit, name).ok());
        if let Some(low) = unit.root.low {
            unit.unit.low_pc = self.dwarf.sections.attr_address(&unit.unit, low)?.unwrap_or(0);
        }
        Ok(unit)
    }

    /// A table of abbreviations. Tables of linked units don't overlap, so each is read no further
    /// than to the next one: however many units there are, the section is read once for each run
    /// of units that share a table.
    fn abbreviations(&mut self, header: &UnitHeader<Bytes<'a>>) -> Result<gimli::Abbreviations> {
        let start = header.debug_abbrev_offset().0;
        let all = self.dwarf.sections.debug_abbrev.reader().slice();
        let next = self.tables.partition_point(|table| *table <= start);
        let end = self.tables.get(next).map_or(all.len(), |next| all.len().min(*next));
        let table = all.get(start..end).ok_or(Error::OffsetOutOfBounds(start as u64))?;
        self.budget.spend(table.len().saturating_mul(ABBREVIATION_COST))?;
        DebugAbbrev::new(table, LittleEndian).abbreviations(gimli::DebugAbbrevOffset(0))
    }

    /// A string, wherever it is.
    pub(super) fn string(
        &mut self,
        unit: &gimli::Unit<Bytes<'a>>,
        value: Value<'a>,
    ) -> Result<Bytes<'a>> {
        let string = self.dwarf.sections.attr_string(unit, value)?;
        self.budget.spend(string.len())?;
        Ok(string)
    }

    /// Which of the addresses an entry is about.
    pub(super) fn covered(
        &mut self,
        unit: &gimli::Unit<Bytes<'a>>,
        ranges: &Ranges<'a>,
        addresses: &[u64],
    ) -> Result<Vec<usize>> {
        let mut covered = Vec::new();
        let mut note = |begin: u64, end: u64| {
            // The section begins with the count of bodies, so 0 is a place that a linker removed.
            let is_within = |address: u64| begin > 0 && (begin..end).contains(&address);
            covered.extend((0..addresses.len()).filter(|at| is_within(addresses[*at])));
        };
        let sections = &self.dwarf.sections;
        if let Some(list) = ranges.list {
            let Some(mut list) = sections.attr_ranges(unit, list)? else { return Ok(covered) };
            while let Some(raw) = list.next_raw()? {
                self.budget.spend(1 + addresses.len())?;
                if let Some(range) = list.convert_raw(raw)? {
                    note(range.begin, range.end);
                }
            }
        } else if let Some(low) = ranges.low {
            self.budget.spend(1 + addresses.len())?;
            let begin = sections.attr_address(unit, low)?.unwrap_or(0);
            let end = match ranges.high {
                Some(AttributeValue::Udata(size)) => begin.checked_add(size),
                Some(high) => sections.attr_address(unit, high)?,
                None => None,
            };
            note(begin, end.unwrap_or(0));
        }
        covered.sort_unstable();
        covered.dedup();
        Ok(covered)
    }
}

impl<'a> Ranges<'a> {
    /// Takes an attribute if it is about addresses.
    pub(super) fn note(&mut self, attribute: &Attribute<Bytes<'a>>) {
        match attribute.name() {
            gimli::DW_AT_low_pc => self.low = Some(attribute.value()),
            gimli::DW_AT_high_pc => self.high = Some(attribute.value()),
            gimli::DW_AT_ranges => self.list = Some(attribute.value()),
            _ => {}
        }
    }
}

/// A unit of which nothing but the header is known.
fn bare(
    header: UnitHeader<Bytes<'_>>,
    abbreviations: Arc<gimli::Abbreviations>,
) -> gimli::Unit<Bytes<'_>> {
    gimli::Unit {
        header,
        abbreviations,
        name: None,
        comp_dir: None,
        low_pc: 0,
        str_offsets_base: DebugStrOffsetsBase(0),
        addr_base: DebugAddrBase(0),
        loclists_base: DebugLocListsBase(0),
        rnglists_base: DebugRngListsBase(0),
        line_program: None,
        dwo_id: None,
    }
}
