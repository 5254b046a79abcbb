//! Bytes to a module, or [`Malformed`].
//!
//! [`decode`] reads the sections and leaves function bodies as ranges of the binary; [`body`] walks
//! those. Whether what is written makes sense is the validator's. Spec: binary/modules

pub mod body;
pub mod hints;
mod malformed;
pub mod names;
mod reader;
mod sections;
mod types;

use std::sync::{Arc, OnceLock};

use crate::wasm::module::{Custom, Import, ImportDesc, Names};
use crate::wasm::{Features, IndexSpace, Limits, Module};

pub use body::{Instrs, Locals};
pub use malformed::{Gated, Malformed, MalformedKind, Part, Section};
use reader::{Reader, Rules};

/// `\0asm`
const MAGIC: [u8; 4] = *b"\0asm";
/// The version of modules; components have another.
const VERSION: u32 = 1;

/// Decodes a module. Bodies are not looked into: whoever validates them walks them once.
///
/// ```
/// use serverless_wasm::decoder::decode;
/// use serverless_wasm::wasm::{Features, Limits};
///
/// let module = decode(*b"\0asm\x01\0\0\0", &Limits::default(), Features::default())?;
/// assert_eq!(module.funcs.len(), 0);
///
/// let error = decode(*b"#!/bin/sh", &Limits::default(), Features::default()).unwrap_err();
/// assert_eq!(error.to_string(), "magic header not detected: at offset 0x0");
/// # Ok::<(), serverless_wasm::decoder::Malformed>(())
/// ```
pub fn decode(
    bytes: impl Into<Arc<[u8]>>,
    limits: &Limits,
    features: Features,
) -> Result<Module, Malformed> {
    let bytes = bytes.into();
    let mut module = empty(Arc::clone(&bytes), limits.clone(), features);
    // Constant expressions may name data segments without a data count section.
    let rules = Rules { limits, features, data_count: true };
    let mut reader = Reader::new(&bytes, 0..bytes.len(), rules);
    reader.limit("bytes of a module", bytes.len(), limits.module_size)?;
    // Lists are spans whose offset has 32 bits.
    reader.limit("bytes of a module", bytes.len(), u32::MAX as usize)?;
    preamble(&mut reader).map_err(Malformed::in_preamble)?;
    match (Decoder { module: &mut module, last: None }).sections(&mut reader) {
        Ok(()) => Ok(module),
        Err(error) => Err(first_error(&module, error)),
    }
}

/// A body that is longer than its size says derails what follows: its own error comes first.
#[cold]
fn first_error(module: &Module, later: Malformed) -> Malformed {
    let walk = |body| body::locals(module, body, 0).instrs()?.try_for_each(|instr| instr.map(drop));
    module.bodies.iter().find_map(|body| walk(body).err()).unwrap_or(later)
}

/// Spec: binary/modules#binary-magic
fn preamble(reader: &mut Reader<'_>) -> Result<(), Malformed> {
    if reader.array()? != MAGIC {
        return Err(Malformed::new(0, MalformedKind::Magic));
    }
    let version = u32::from_le_bytes(reader.array()?);
    if version != VERSION {
        return Err(Malformed::new(MAGIC.len(), MalformedKind::Version(version)));
    }
    Ok(())
}

fn empty(bytes: Arc<[u8]>, limits: Limits, features: Features) -> Module {
    Module {
        bytes,
        types: IndexSpace::new(),
        rec_groups: Vec::new(),
        imports: Vec::new(),
        funcs: IndexSpace::new(),
        tables: IndexSpace::new(),
        memories: IndexSpace::new(),
        globals: IndexSpace::new(),
        tags: IndexSpace::new(),
        exports: Vec::new(),
        start: None,
        elems: IndexSpace::new(),
        datas: IndexSpace::new(),
        data_count: None,
        bodies: Vec::new(),
        code_start: 0,
        customs: Vec::new(),
        names: Names::default(),
        branch_hints: OnceLock::new(),
        limits,
        features,
    }
}

/// A module that is being put together.
struct Decoder<'a> {
    module: &'a mut Module,
    /// The last section that was not a custom one.
    last: Option<Section>,
}

impl Decoder<'_> {
    /// Spec: binary/modules#sections
    fn sections(mut self, reader: &mut Reader<'_>) -> Result<(), Malformed> {
        while !reader.is_at_end() {
            let offset = reader.position();
            let id = reader.byte()?;
            let Some(section) = section_of(id) else {
                return Err(Malformed::new(offset, MalformedKind::SectionId(id)));
            };
            self.section(section, offset, reader).map_err(|error| error.within(section))?;
        }
        self.check_counts(reader)
    }

    fn section(
        &mut self,
        section: Section,
        offset: usize,
        reader: &mut Reader<'_>,
    ) -> Result<(), Malformed> {
        let length = reader.length()? as usize;
        let mut contents = reader.part(length);
        reader.take(length)?;
        if section == Section::Custom {
            return self.custom(contents);
        }
        if self.last.is_some_and(|last| order(last) >= order(section)) {
            return Err(Malformed::new(offset, MalformedKind::SectionOrder(section)));
        }
        self.last = Some(section);
        self.contents(section, &mut contents)?;
        if contents.position() != contents.end() {
            return Err(Malformed::new(contents.position(), MalformedKind::SectionSize));
        }
        Ok(())
    }

    /// Spec: binary/modules#custom-section
    fn custom(&mut self, mut contents: Reader<'_>) -> Result<(), Malformed> {
        let name = contents.name()?;
        if contents.is_past_end() {
            let kind = MalformedKind::UnexpectedEndOfSection;
            return Err(Malformed::new(contents.end(), kind));
        }
        let bytes = contents.position()..contents.end();
        if name == "name" {
            self.module.names = names::read(contents);
        }
        self.module.customs.push(Custom { name: name.into(), bytes });
        Ok(())
    }

    /// Asked before the bodies are known.
    fn imported_funcs(&self) -> usize {
        let is_func = |import: &&Import| matches!(import.desc, ImportDesc::Func(_));
        self.module.imports.iter().filter(is_func).count()
    }

    /// What needs all sections to be known.
    fn check_counts(&self, reader: &Reader<'_>) -> Result<(), Malformed> {
        let module = &self.module;
        let declared = module.funcs.len() - self.imported_funcs();
        if declared != module.bodies.len() {
            let kind = MalformedKind::FunctionCount { declared, bodies: module.bodies.len() };
            return Err(Malformed::new(reader.position(), kind));
        }
        match module.data_count {
            Some(declared) if declared as usize != module.datas.len() => {
                let kind = MalformedKind::DataCount {
                    declared: declared as usize,
                    segments: module.datas.len(),
                };
                Err(Malformed::new(reader.position(), kind))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Spec: binary/modules#binary-section
fn section_of(id: u8) -> Option<Section> {
    Some(match id {
        0 => Section::Custom,
        1 => Section::Type,
        2 => Section::Import,
        3 => Section::Function,
        4 => Section::Table,
        5 => Section::Memory,
        6 => Section::Global,
        7 => Section::Export,
        8 => Section::Start,
        9 => Section::Element,
        10 => Section::Code,
        11 => Section::Data,
        12 => Section::DataCount,
        13 => Section::Tag,
        _ => return None,
    })
}

/// The order of sections is that of their declaration, not that of their numbers.
fn order(section: Section) -> u8 {
    section as u8
}
