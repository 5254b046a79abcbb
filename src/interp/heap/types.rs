//! What the heap knows of types: where fields are, which of them are references, and which types
//! are above. The entries belong to the engine and are made when a module that has such types is
//! loaded; a store holds the table, so nothing is locked while guests run.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::alloc::GRANULE;
use super::object::Header;
use crate::wasm::subtyping::{TypeId, TypeRegistry, top};
use crate::wasm::{AbsHeapType, CompositeType, FieldType, RefType, StorageType, TypeIdx, ValType};

/// Entries by canonical type. The first ones of a longer table are those of a shorter one.
pub(crate) type TypeTable = Arc<[OnceLock<Arc<ObjectType>>]>;

/// A type of objects.
pub(crate) struct ObjectType {
    /// The types above, the nearest first.
    supertypes: Box<[u32]>,
    /// Where what is.
    pub(crate) layout: Layout,
}

/// Where the parts of an object are.
pub(crate) enum Layout {
    /// A structure.
    Struct(StructLayout),
    /// An array of elements of this width.
    Array(Field),
}

/// Where the fields of a structure are, in bytes behind its start.
pub(crate) struct StructLayout {
    /// Bytes of an object, whole granules.
    pub(crate) size: u32,
    /// The fields in order.
    pub(crate) fields: Box<[(u32, Field)]>,
    /// The fields that a collector follows.
    references: Box<[u32]>,
}

/// What a field holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Field {
    /// 8 bits.
    I8,
    /// 16 bits.
    I16,
    /// 32 bits.
    W32,
    /// 64 bits, of a number or a function.
    W64,
    /// 128 bits.
    W128,
    /// A reference that a collector follows: 64 bits.
    Reference,
}

impl Field {
    /// The field of a type, whose references `is_traced` tells apart.
    pub(crate) fn of(ty: FieldType, is_traced: impl Fn(RefType) -> bool) -> Self {
        match ty.storage {
            StorageType::I8 => Self::I8,
            StorageType::I16 => Self::I16,
            StorageType::Val(ValType::I32 | ValType::F32) => Self::W32,
            StorageType::Val(ValType::I64 | ValType::F64) => Self::W64,
            StorageType::Val(ValType::V128) => Self::W128,
            StorageType::Val(ValType::Ref(ty)) if is_traced(ty) => Self::Reference,
            StorageType::Val(ValType::Ref(_)) => Self::W64,
        }
    }

    /// Bytes.
    pub(crate) const fn size(self) -> u32 {
        match self {
            Self::I8 => 1,
            Self::I16 => 2,
            Self::W32 => 4,
            Self::W64 | Self::Reference => 8,
            Self::W128 => 16,
        }
    }

    /// Where element `index` of an array is.
    pub(crate) const fn place(self, index: u32) -> u64 {
        Header::SIZE as u64 + index as u64 * self.size() as u64
    }

    /// Slots of a value.
    pub(crate) const fn slots(self) -> u32 {
        if self.size() == 16 { 2 } else { 1 }
    }
}

impl StructLayout {
    /// Fields in order, each at a multiple of its width; a subtype's layout begins with its
    /// supertype's.
    pub(crate) fn new(fields: impl Iterator<Item = Field>) -> Self {
        let mut end = Header::SIZE;
        let place = |field: Field| {
            let at = end.next_multiple_of(field.size().min(GRANULE as u32));
            end = at + field.size();
            (at, field)
        };
        let fields: Box<[_]> = fields.map(place).collect();
        let references = fields.iter().filter(|(_, field)| *field == Field::Reference);
        let references = references.map(|(at, _)| *at).collect();
        Self { size: end.next_multiple_of(GRANULE as u32), fields, references }
    }
}

/// Bytes of an array of `len` elements, whole granules.
pub(crate) fn array_size(element: Field, len: u32) -> u64 {
    let bytes = u64::from(Header::SIZE) + u64::from(len) * u64::from(element.size());
    bytes.next_multiple_of(GRANULE)
}

impl ObjectType {
    /// The type; none when its objects are none of the heap's.
    fn new(types: &TypeRegistry, id: TypeId) -> Option<Self> {
        let definition = types.sub_type(id);
        let is_traced = |ty: RefType| top(types, ty.heap) != AbsHeapType::Func;
        let layout = match &definition.composite {
            CompositeType::Func(_) => return None,
            CompositeType::Struct(fields) => {
                let fields = fields.iter().map(|ty| Field::of(*ty, is_traced));
                Layout::Struct(StructLayout::new(fields))
            }
            CompositeType::Array(element) => Layout::Array(Field::of(*element, is_traced)),
        };
        let mut supertypes = Vec::new();
        let mut above = definition.supertypes.first();
        while let Some(&TypeIdx(sup)) = above {
            supertypes.push(sup);
            above = types.sub_type(TypeId(sup)).supertypes.first();
        }
        Some(Self { supertypes: supertypes.into(), layout })
    }

    /// Whether the type `id`, which this is, is `wanted`, above which are `depth` types, or below
    /// it.
    #[inline(always)]
    pub(crate) fn is_below(&self, wanted: u32, depth: u32) -> bool {
        is_below(&self.supertypes, wanted, depth)
    }

    /// How many types are above.
    pub(crate) fn depth(&self) -> u32 {
        self.supertypes.len() as u32
    }

    /// Where the references of an object of this type are.
    pub(crate) fn references(&self) -> References<'_> {
        match &self.layout {
            Layout::Struct(layout) => References::Fields(&layout.references),
            Layout::Array(Field::Reference) => References::Elements,
            Layout::Array(Field::I8 | Field::I16 | Field::W32 | Field::W64 | Field::W128) => {
                References::Fields(&[])
            }
        }
    }

    /// Bytes of an object of this type with `len` elements.
    pub(crate) fn size(&self, len: u32) -> u64 {
        match &self.layout {
            Layout::Struct(layout) => u64::from(layout.size),
            Layout::Array(element) => array_size(*element, len),
        }
    }
}

/// Whether a type with these supertypes, the nearest first, is below `wanted`, above which are
/// `depth` types: one look, however many there are.
#[inline(always)]
pub(crate) fn is_below(supertypes: &[u32], wanted: u32, depth: u32) -> bool {
    let from_top = depth as usize + 1;
    let at = supertypes.len().checked_sub(from_top);
    // No indexing: a handler that could panic would have a frame.
    at.and_then(|at| supertypes.get(at)) == Some(&wanted)
}

/// Where an object's references are.
pub(crate) enum References<'t> {
    /// At these bytes.
    Fields(&'t [u32]),
    /// Behind the header: each element is one.
    Elements,
}

/// The table of an engine, which grows with its modules.
#[derive(Default)]
pub(crate) struct Types {
    table: Mutex<TypeTable>,
}

impl Types {
    /// A table that has all of these types. It is twice as long as it must be when it grows, so
    /// that many modules share one.
    pub(crate) fn with(&self, types: &TypeRegistry, ids: &[TypeId]) -> TypeTable {
        let mut table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
        let len = ids.iter().map(|id| id.0 as usize + 1).max().unwrap_or(0);
        if len > table.len() {
            let old = table.iter().map(Clone::clone);
            *table = old.chain(std::iter::repeat_with(OnceLock::new)).take(len * 2).collect();
        }
        for id in ids {
            let entry = &table[id.0 as usize];
            if entry.get().is_none()
                && let Some(ty) = ObjectType::new(types, *id)
            {
                entry.get_or_init(|| Arc::new(ty));
            }
        }
        Arc::clone(&table)
    }
}

impl std::fmt::Debug for Types {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Types").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_packed_in_order_and_references_are_known() {
        let fields = [Field::I8, Field::I16, Field::W32, Field::Reference, Field::I8, Field::W128];
        let layout = StructLayout::new(fields.into_iter());
        let places: Vec<_> = layout.fields.iter().map(|(at, _)| *at).collect();
        assert_eq!(places, [8, 10, 12, 16, 24, 32]);
        assert_eq!((layout.size, &*layout.references), (48, &[16][..]));
        assert_eq!(array_size(Field::W128, u32::MAX), 8 + 16 * u64::from(u32::MAX));
    }

    #[test]
    fn a_supertype_is_found_by_its_depth() {
        let supertypes = [7, 4, 1];
        assert!(is_below(&supertypes, 4, 1) && is_below(&supertypes, 1, 0));
        assert!(!is_below(&supertypes, 4, 0) && !is_below(&supertypes, 9, 3));
    }
}
