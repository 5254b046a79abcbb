//! The name section: names for messages, backtraces and whoever reads a module. A broken one is no
//! error: what stands before the damage is kept.
//!
//! The names of functions are found when the module is decoded; others are looked for when
//! somebody asks, so that a module with many loads as fast as one without.
//! Spec: appendix/custom#name-section, <https://github.com/WebAssembly/extended-name-section>

use std::ops::Range;

use super::malformed::Malformed;
use super::reader::{Reader, Rules};
use crate::wasm::module::{Module, NameSpace, Names};
use crate::wasm::{FuncIdx, LocalIdx};

/// The subsections that are read at once.
const MODULE: u8 = 0;
const FUNCTIONS: u8 = 1;

/// As many names as the section has before it breaks.
pub(super) fn read(section: Reader<'_>) -> Names {
    let mut names = Names::default();
    // The names up to the first error are good ones.
    let _broken = subsections(section.cut(), &mut names).is_err();
    names.funcs.shrink_to_fit();
    names
}

/// The names in an index space, and their indices, up to where the section breaks.
///
/// ```
/// use serverless_wasm::decoder::{decode, names};
/// use serverless_wasm::wasm::module::NameSpace;
/// use serverless_wasm::wasm::{Features, FuncIdx, Limits, LocalIdx};
///
/// let binary = wat::parse_str("(memory $heap 1) (func (param i32) (local $i i32))")?;
/// let module = decode(binary, &Limits::default(), Features::default())?;
/// assert!(names::of(&module, NameSpace::Memory).eq([(0, "heap")]));
/// assert!(names::of_locals(&module, FuncIdx(0)).eq([(LocalIdx(1), "i")]));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn of(module: &Module, space: NameSpace) -> impl Iterator<Item = (u32, &str)> {
    let found = module.names.others.iter().find(|(of, _)| *of == space && !space.is_nested());
    found.into_iter().flat_map(|(_, range)| map(module, range))
}

/// The names in the index spaces that each function, or each structure, has of its own: the
/// index of their owner, and where they stand.
pub fn nested(module: &Module, space: NameSpace) -> Vec<(u32, Range<usize>)> {
    let mut owners = Vec::new();
    if let Some((_, range)) = module.names.others.iter().find(|(of, _)| *of == space) {
        // The owners up to the first error are good ones.
        let _broken = each_owner(reader(module, range), &mut owners).is_err();
    }
    owners
}

/// The names at a place that [`nested`] gave.
pub fn map<'m>(
    module: &'m Module,
    range: &Range<usize>,
) -> impl Iterator<Item = (u32, &'m str)> + use<'m> {
    let mut reader = reader(module, range);
    let count = reader.length().unwrap_or(0);
    (0..count).map_while(move |_| Some((reader.u32().ok()?, reader.name().ok()?)))
}

/// The names of a function's locals, parameters included.
pub fn of_locals(module: &Module, func: FuncIdx) -> impl Iterator<Item = (LocalIdx, &str)> {
    let owners = module.names.locals.get_or_init(|| nested(module, NameSpace::Local));
    let found = owners.binary_search_by_key(&func.0, |(owner, _)| *owner).ok();
    let found = found.into_iter().flat_map(|position| map(module, &owners[position].1));
    found.map(|(local, name)| (LocalIdx(local), name))
}

fn reader<'m>(module: &'m Module, range: &Range<usize>) -> Reader<'m> {
    let rules = Rules { limits: &module.limits, features: module.features, data_count: false };
    Reader::new(&module.bytes, range.clone(), rules).cut()
}

fn subsections(mut section: Reader<'_>, names: &mut Names) -> Result<(), Malformed> {
    while !section.is_at_end() {
        let id = section.byte()?;
        let length = section.length()? as usize;
        let mut subsection = section.clone();
        section.take(length)?;
        subsection = subsection.part(length).cut();
        match id {
            MODULE => names.module = Some(subsection.name()?.into()),
            FUNCTIONS => functions(subsection, names)?,
            _ => {
                let range = subsection.position()..subsection.end();
                names.others.extend(NameSpace::of_subsection(id).map(|space| (space, range)));
            }
        }
    }
    Ok(())
}

/// Lookup is by binary search, so the map ends where the indices stop ascending.
fn functions(mut map: Reader<'_>, names: &mut Names) -> Result<(), Malformed> {
    let count = map.length()?;
    names.funcs.reserve(map.capacity(count) / 2);
    for _ in 0..count {
        let func = FuncIdx(map.u32()?);
        let name = map.name()?;
        if names.funcs.last().is_some_and(|(last, _)| *last >= func) {
            break;
        }
        names.funcs.push((func, map.position() - name.len()..map.position()));
    }
    Ok(())
}

/// Each owner with the place of its names; as above the owners ascend.
fn each_owner(mut map: Reader<'_>, owners: &mut Vec<(u32, Range<usize>)>) -> Result<(), Malformed> {
    let count = map.length()?;
    for _ in 0..count {
        let owner = map.u32()?;
        let start = map.position();
        for _ in 0..map.length()? {
            map.u32()?;
            let name = map.length()? as usize;
            map.take(name)?;
        }
        if owners.last().is_some_and(|(last, _)| *last >= owner) {
            break;
        }
        owners.push((owner, start..map.position()));
    }
    Ok(())
}
