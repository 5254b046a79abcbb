//! The name section: names for messages and backtraces. A broken one is no error: what stands
//! before the damage is kept. Spec: appendix/custom#name-section

use super::malformed::Malformed;
use super::reader::Reader;
use crate::wasm::FuncIdx;
use crate::wasm::module::Names;

/// The subsections that are read; others are stepped over.
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
            _ => {}
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
