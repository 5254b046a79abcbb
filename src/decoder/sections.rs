//! One function a section, in the specification's order. Spec: binary/modules

use super::Decoder;
use super::body::Instrs;
use super::malformed::{Malformed, Part, Section};
use super::reader::Reader;
use crate::wasm::module::{
    Body, ConstExpr, Data, DataMode, Elem, ElemItems, ElemMode, Export, ExportDesc, Global, Import,
    ImportDesc, Start, Table,
};
use crate::wasm::{
    AbsHeapType, Feature, FuncIdx, GlobalIdx, HeapType, MemIdx, RefType, TableIdx, TagIdx, TypeIdx,
};

/// A table with an initial value begins with this byte instead of a reference type.
const TABLE_WITH_INIT: u8 = 0x40;

/// `(ref func)`, the type of segments that list functions.
const FUNC_REF: RefType = RefType::non_null(HeapType::Abstract(AbsHeapType::Func));

type Result<T> = std::result::Result<T, Malformed>;

impl Decoder<'_> {
    /// All of a section but its number and size.
    pub(super) fn contents(&mut self, section: Section, reader: &mut Reader<'_>) -> Result<()> {
        let limits = reader.rules.limits;
        let module = &*self.module;
        let (what, before, limit) = match section {
            Section::Custom => return Ok(()),
            Section::Start => return self.start(reader),
            Section::DataCount => return self.data_count(reader),
            Section::Code => return self.code(reader),
            Section::Type => ("recursion groups", 0, limits.rec_groups),
            Section::Import => ("imports", 0, limits.imports),
            Section::Function => ("functions", module.funcs.len(), limits.funcs),
            Section::Table => ("tables", module.tables.len(), limits.tables),
            Section::Memory => ("memories", module.memories.len(), limits.memories),
            Section::Tag => ("tags", module.tags.len(), limits.tags),
            Section::Global => ("globals", module.globals.len(), limits.globals),
            Section::Export => ("exports", 0, limits.exports),
            Section::Element => ("element segments", 0, limits.elems),
            Section::Data => ("data segments", 0, limits.datas),
        };
        let count = reader.length()?;
        reader.limit(what, before.saturating_add(count as usize), limit)?;
        for _ in 0..count {
            match section {
                Section::Type => self.rec_group(reader)?,
                Section::Import => self.import(reader)?,
                Section::Function => self.function(reader)?,
                Section::Table => self.table(reader)?,
                Section::Memory => self.memory(reader)?,
                Section::Tag => self.tag(reader)?,
                Section::Global => self.global(reader)?,
                Section::Export => self.export(reader)?,
                Section::Element => self.elem(reader)?,
                Section::Data => self.data(reader)?,
                Section::Custom | Section::Start | Section::DataCount | Section::Code => {}
            }
        }
        Ok(())
    }

    /// Spec: binary/modules#binary-typesec
    fn rec_group(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let first = self.module.types.len() as u32;
        let types = &mut self.module.types;
        reader.rec_type(|ty| {
            types.push(ty);
        })?;
        let end = self.module.types.len();
        reader.limit("types", end, reader.rules.limits.types)?;
        self.module.rec_groups.push(first..end as u32);
        Ok(())
    }

    /// Spec: binary/modules#binary-importsec
    fn import(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let offset = reader.position();
        let names = (reader.name()?.into(), reader.name()?.into());
        let limits = reader.rules.limits;
        let module = &mut *self.module;
        let desc = match reader.byte()? {
            0 => {
                let ty = TypeIdx(reader.u32()?);
                module.funcs.push(ty);
                reader.limit("functions", module.funcs.len(), limits.funcs)?;
                ImportDesc::Func(ty)
            }
            1 => {
                let ty = reader.table_type()?;
                module.tables.push(Table { ty, init: None, offset });
                reader.limit("tables", module.tables.len(), limits.tables)?;
                ImportDesc::Table(ty)
            }
            2 => {
                let ty = reader.memory_type()?;
                module.memories.push(ty);
                reader.limit("memories", module.memories.len(), limits.memories)?;
                ImportDesc::Memory(ty)
            }
            3 => {
                let ty = reader.global_type()?;
                module.globals.push(Global { ty, init: None, offset });
                reader.limit("globals", module.globals.len(), limits.globals)?;
                ImportDesc::Global(ty)
            }
            4 => {
                let ty = reader.tag_type()?;
                module.tags.push(ty);
                reader.limit("tags", module.tags.len(), limits.tags)?;
                ImportDesc::Tag(ty)
            }
            kind => return Err(reader.malformed(Part::ImportKind, kind)),
        };
        module.imports.push(Import { module: names.0, name: names.1, desc, offset });
        Ok(())
    }

    /// Spec: binary/modules#binary-funcsec
    fn function(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        self.module.funcs.push(TypeIdx(reader.u32()?));
        Ok(())
    }

    /// Spec: binary/modules#binary-tablesec
    fn table(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let offset = reader.position();
        let has_init = reader.peek()? == TABLE_WITH_INIT;
        if has_init {
            reader.byte()?;
            reader.require_part(Feature::FunctionReferences, Part::ReferenceType)?;
            reader.zero_byte()?;
        }
        let ty = reader.table_type()?;
        let init = if has_init { Some(Self::expr(reader)?) } else { None };
        self.module.tables.push(Table { ty, init, offset });
        Ok(())
    }

    /// Spec: binary/modules#binary-memsec
    fn memory(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        self.module.memories.push(reader.memory_type()?);
        Ok(())
    }

    /// Spec: binary/modules#binary-tagsec
    fn tag(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        self.module.tags.push(reader.tag_type()?);
        Ok(())
    }

    /// Spec: binary/modules#binary-globalsec
    fn global(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let offset = reader.position();
        let ty = reader.global_type()?;
        let init = Some(Self::expr(reader)?);
        self.module.globals.push(Global { ty, init, offset });
        Ok(())
    }

    /// Spec: binary/modules#binary-exportsec
    fn export(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let offset = reader.position();
        let name = reader.name()?.into();
        let kind = reader.byte()?;
        let desc = match kind {
            0 => ExportDesc::Func(FuncIdx(reader.u32()?)),
            1 => ExportDesc::Table(TableIdx(reader.u32()?)),
            2 => ExportDesc::Memory(MemIdx(reader.u32()?)),
            3 => ExportDesc::Global(GlobalIdx(reader.u32()?)),
            4 => {
                reader.require_part(Feature::Exceptions, Part::ExportKind)?;
                ExportDesc::Tag(TagIdx(reader.u32()?))
            }
            _ => return Err(reader.malformed(Part::ExportKind, kind)),
        };
        self.module.exports.push(Export { name, desc, offset });
        Ok(())
    }

    /// Spec: binary/modules#binary-startsec
    fn start(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let offset = reader.position();
        self.module.start = Some(Start { func: FuncIdx(reader.u32()?), offset });
        Ok(())
    }

    /// Bit 0: not active; bit 1: an active one names its table, another one is declarative;
    /// bit 2: expressions instead of functions. Spec: binary/modules#binary-elemsec
    fn elem(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let offset = reader.position();
        let flags = reader.u32()?;
        if flags > 7 {
            return Err(reader.malformed(Part::ElementSegment, flags));
        }
        let [not_active, bit_1, has_exprs] = [0, 1, 2].map(|bit| flags >> bit & 1 != 0);
        let mode = if not_active {
            if bit_1 { ElemMode::Declarative } else { ElemMode::Passive }
        } else {
            let table = TableIdx(if bit_1 { reader.u32()? } else { 0 });
            ElemMode::Active { table, offset: Self::expr(reader)? }
        };
        let names_type = not_active || bit_1;
        let ty = match (has_exprs, names_type) {
            (true, true) => reader.ref_type()?,
            (true, false) => RefType::FUNCREF,
            (false, true) => reader.element_kind()?,
            (false, false) => FUNC_REF,
        };
        let count = reader.length()?;
        let limit = reader.rules.limits.elem_items;
        reader.limit("elements of a segment", count as usize, limit)?;
        let items = if has_exprs {
            let mut exprs = Vec::with_capacity(reader.capacity(count));
            for _ in 0..count {
                exprs.push(Self::expr(reader)?);
            }
            ElemItems::Exprs(exprs.into())
        } else {
            let mut funcs = Vec::with_capacity(reader.capacity(count));
            for _ in 0..count {
                funcs.push(FuncIdx(reader.u32()?));
            }
            ElemItems::Funcs(funcs.into())
        };
        self.module.elems.push(Elem { ty, items, mode, offset });
        Ok(())
    }

    /// Spec: binary/modules#binary-datacountsec
    fn data_count(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let count = reader.u32()?;
        reader.limit("data segments", count as usize, reader.rules.limits.datas)?;
        self.module.data_count = Some(count);
        Ok(())
    }

    /// Bodies stay as they are. Spec: binary/modules#binary-codesec
    fn code(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        self.module.code_start = reader.position();
        let count = reader.length()?;
        reader.limit("bodies", count as usize, reader.rules.limits.funcs)?;
        self.module.bodies.reserve_exact(reader.capacity(count));
        for _ in 0..count {
            let size = reader.length()? as usize;
            reader.limit("bytes of a body", size, reader.rules.limits.body_size)?;
            let start = reader.position();
            reader.take(size)?;
            self.module.bodies.push(Body { range: start..reader.position() });
        }
        Ok(())
    }

    /// Spec: binary/modules#binary-datasec
    fn data(&mut self, reader: &mut Reader<'_>) -> Result<()> {
        let offset = reader.position();
        let mode = match reader.u32()? {
            1 => DataMode::Passive,
            flags @ (0 | 2) => {
                let memory = MemIdx(if flags == 2 { reader.u32()? } else { 0 });
                DataMode::Active { memory, offset: Self::expr(reader)? }
            }
            flags => return Err(reader.malformed(Part::DataSegment, flags)),
        };
        let length = reader.length()? as usize;
        let start = reader.position();
        reader.take(length)?;
        self.module.datas.push(Data { bytes: start..reader.position(), mode, offset });
        Ok(())
    }

    /// Finds the end of a constant expression; which instructions are constant is not asked.
    fn expr(reader: &mut Reader<'_>) -> Result<ConstExpr> {
        let start = reader.position();
        let end = Instrs::new(reader.clone()).skip_to_end()?;
        reader.take(end - start)?;
        Ok(ConstExpr { range: start..end })
    }
}

impl Reader<'_> {
    /// Spec: binary/types#tag-types
    fn tag_type(&mut self) -> Result<TypeIdx> {
        match self.byte()? {
            0 => {
                self.require_part(Feature::Exceptions, Part::TagAttribute)?;
                self.u32().map(TypeIdx)
            }
            attribute => Err(self.malformed(Part::TagAttribute, attribute)),
        }
    }

    /// Spec: binary/modules#binary-elemkind
    fn element_kind(&mut self) -> Result<RefType> {
        match self.byte()? {
            0 => Ok(FUNC_REF),
            kind => Err(self.malformed(Part::ElementKind, kind)),
        }
    }
}
