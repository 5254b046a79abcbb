//! Branch hints: which way a compiler believes that a branch goes. They change nothing that a
//! module does; a section that is broken has the hints before the damage.
//!
//! Spec: appendix/custom#code-metadata, <https://github.com/WebAssembly/branch-hinting>

use super::malformed::Malformed;
use super::reader::{Reader, Rules};
use crate::wasm::module::{BranchHint, Module};
use crate::wasm::{FuncIdx, Index};

/// The section's name.
const SECTION: &str = "metadata.code.branch_hint";

/// Where each hinted `if` or `br_if` stands in the binary, in order, and what is believed of it.
///
/// ```
/// use serverless_wasm::decoder::{decode, hints};
/// use serverless_wasm::wasm::module::BranchHint;
/// use serverless_wasm::wasm::{Features, Limits};
///
/// let binary = wat::parse_str(r#"(func (param i32)
///     local.get 0 (@metadata.code.branch_hint "\01") if end)"#)?;
/// let module = decode(binary, &Limits::default(), Features::default())?;
/// let (offset, hint) = hints::of(&module)[0];
/// assert_eq!((module.bytes[offset], hint), (0x04, BranchHint::Likely));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn of(module: &Module) -> &[(usize, BranchHint)] {
    module.branch_hints.get_or_init(|| {
        let mut hints = Vec::new();
        if let Some(section) = module.customs.iter().find(|custom| *custom.name == *SECTION) {
            let (limits, features) = (&module.limits, module.features);
            let rules = Rules { limits, features, data_count: false };
            let reader = Reader::new(&module.bytes, section.bytes.clone(), rules).cut();
            // The hints up to the first error are good ones.
            let _broken = functions(module, reader, &mut hints).is_err();
        }
        hints.sort_by_key(|(offset, _)| *offset);
        hints
    })
}

/// What is believed of the branch at an offset of the binary, when something is.
#[must_use]
pub fn at(module: &Module, offset: usize) -> Option<BranchHint> {
    let hints = of(module);
    let found = hints.binary_search_by_key(&offset, |(offset, _)| *offset).ok()?;
    Some(hints[found].1)
}

/// Functions, each with its hints by their distance from where its locals begin.
fn functions(
    module: &Module,
    mut reader: Reader<'_>,
    hints: &mut Vec<(usize, BranchHint)>,
) -> Result<(), Malformed> {
    for _ in 0..reader.length()? {
        let func = FuncIdx::from_usize(reader.u32()? as usize);
        let body = module.body(func);
        for _ in 0..reader.length()? {
            let distance = reader.u32()? as usize;
            let hint = match (reader.u32()?, reader.byte()?) {
                (1, 0) => BranchHint::Unlikely,
                (1, 1) => BranchHint::Likely,
                _ => return Ok(()),
            };
            if let Some(body) = body.filter(|body| distance < body.range.len()) {
                hints.push((body.range.start + distance, hint));
            }
        }
    }
    Ok(())
}
