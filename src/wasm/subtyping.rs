//! Which types are equal, and which is a subtype of which.
//!
//! Two definitions are equal when their recursion groups are equal but for where they stand. A
//! [`TypeRegistry`] gives equal definitions of any number of modules the same [`TypeId`], so
//! afterwards equality is equality of numbers. Matching is written once, in [`Matching`], and
//! serves both kinds of type: those of a module ([`ModuleTypes`]) and canonical ones.
//!
//! *Canonical types* are the types of `wasm::types` in which each `TypeIdx` is a `TypeId`.
//! Whether a type section is valid is the validator's to say; only then is it interned.
//!
//! Spec: valid/conventions#rolling-and-unrolling, valid/matching

use std::collections::HashMap;
use std::error;
use std::fmt;
use std::ops::Range;

use super::index::{Index, IndexSpace, TypeIdx};
use super::types::{
    AbsHeapType, CompositeType, FieldType, FuncType, GlobalType, HeapType, RefType, SizeLimits,
    StorageType, SubType, TableType, ValType,
};

/// A canonical type: equal types of all modules of a registry have the same number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct TypeId(pub(crate) u32);

/// Every type definition of an engine, each once.
#[derive(Default, Debug)]
pub struct TypeRegistry {
    types: Vec<Entry>,
    /// The first type of each group. In the key a reference to another group is a `TypeId`, and
    /// one to the group itself is its position in it, marked with [`INSIDE`].
    groups: HashMap<Box<[SubType]>, TypeId>,
}

#[derive(Debug)]
struct Entry {
    /// The canonical definition.
    ty: SubType,
    /// How many supertypes are above it.
    depth: u32,
}

/// Marks a reference from a recursion group into itself. No `TypeId` has this bit.
const INSIDE: u32 = 1 << 31;

/// The registry has as many types as ids can tell apart.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegistryFull;

impl fmt::Display for RegistryFull {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "too many types: an engine has at most {}", TypeRegistry::MAX_TYPES)
    }
}

impl error::Error for RegistryFull {}

impl TypeRegistry {
    /// How many types there may be.
    pub const MAX_TYPES: usize = INSIDE as usize;

    /// A registry without types.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The canonical type of each type of a module.
    ///
    /// The groups must cover `types` in order, a reference must not point past the end of its own
    /// group, and a supertype must stand before its subtypes.
    ///
    /// # Errors
    /// When there are too many types in all the modules together.
    pub fn intern_module(
        &mut self,
        types: &IndexSpace<TypeIdx, SubType>,
        groups: &[Range<u32>],
    ) -> Result<Box<[TypeId]>, RegistryFull> {
        let mut ids: Vec<TypeId> = Vec::with_capacity(types.len());
        for group in groups {
            let members = &types.as_slice()[group.start as usize..group.end as usize];
            let key: Box<[SubType]> = members
                .iter()
                .map(|ty| {
                    map_indices(ty, |idx| match idx.0.checked_sub(group.start) {
                        Some(position) => TypeIdx(INSIDE | position),
                        None => TypeIdx(ids[idx.to_usize()].0),
                    })
                })
                .collect();
            let TypeId(first) = self.intern_group(key)?;
            ids.extend((first..).take(members.len()).map(TypeId));
        }
        Ok(ids.into())
    }

    /// The first id of a group in the form of a key.
    fn intern_group(&mut self, key: Box<[SubType]>) -> Result<TypeId, RegistryFull> {
        if let Some(&first) = self.groups.get(&key) {
            return Ok(first);
        }
        if key.len() > Self::MAX_TYPES - self.types.len() {
            return Err(RegistryFull);
        }
        let first = u32::try_from(self.types.len()).map_err(|_| RegistryFull)?;
        for ty in &key {
            let ty = map_indices(ty, |idx| match idx.0 & INSIDE {
                0 => idx,
                _ => TypeIdx(first + (idx.0 & !INSIDE)),
            });
            let depth = ty.supertypes.first().map_or(0, |sup| self.types[sup.to_usize()].depth + 1);
            self.types.push(Entry { ty, depth });
        }
        self.groups.insert(key, TypeId(first));
        Ok(TypeId(first))
    }

    /// Whether there is a type of this id.
    #[must_use]
    pub fn contains(&self, id: TypeId) -> bool {
        (id.0 as usize) < self.types.len()
    }

    /// The canonical definition of a type.
    #[must_use]
    pub fn sub_type(&self, id: TypeId) -> &SubType {
        &self.types[id.0 as usize].ty
    }

    /// The canonical function type, when it is one.
    #[must_use]
    pub fn func_type(&self, id: TypeId) -> Option<&FuncType> {
        match &self.sub_type(id).composite {
            CompositeType::Func(ty) => Some(ty),
            CompositeType::Struct(_) | CompositeType::Array(_) => None,
        }
    }

    /// Whether `sub` is `sup` or declared below it, in as many steps as lie between them.
    #[must_use]
    pub fn is_subtype(&self, sub: TypeId, sup: TypeId) -> bool {
        let mut above = sub;
        let Some(steps) =
            self.types[sub.0 as usize].depth.checked_sub(self.types[sup.0 as usize].depth)
        else {
            return false;
        };
        for _ in 0..steps {
            above = TypeId(self.sub_type(above).supertypes[0].0);
        }
        above == sup
    }
}

/// Matching of types, written over what it has to know of type definitions.
///
/// Spec: valid/matching
pub trait Matching {
    /// Whether the definition `sub` is `sup` or declared below it.
    fn is_defined_subtype(&self, sub: TypeIdx, sup: TypeIdx) -> bool;

    /// The structure of a definition.
    fn composite(&self, ty: TypeIdx) -> &CompositeType;

    /// Spec: valid/matching#heap-types
    fn heap_matches(&self, sub: HeapType, sup: HeapType) -> bool {
        match (sub, sup) {
            (HeapType::Abstract(sub), HeapType::Abstract(sup)) => abstract_matches(sub, sup),
            (HeapType::Concrete(sub), HeapType::Concrete(sup)) => self.is_defined_subtype(sub, sup),
            (HeapType::Concrete(sub), HeapType::Abstract(sup)) => {
                abstract_matches(kind_of(self.composite(sub)), sup)
            }
            (HeapType::Abstract(sub), HeapType::Concrete(sup)) => {
                sub == bottom(kind_of(self.composite(sup)))
            }
        }
    }

    /// Spec: valid/matching#reference-types
    fn ref_matches(&self, sub: RefType, sup: RefType) -> bool {
        (sup.nullable || !sub.nullable) && self.heap_matches(sub.heap, sup.heap)
    }

    /// Spec: valid/matching#value-types
    fn val_matches(&self, sub: ValType, sup: ValType) -> bool {
        match (sub, sup) {
            (ValType::Ref(sub), ValType::Ref(sup)) => self.ref_matches(sub, sup),
            (sub, sup) => sub == sup,
        }
    }

    /// Spec: valid/matching#result-types
    fn vals_match(&self, sub: &[ValType], sup: &[ValType]) -> bool {
        sub.len() == sup.len() && sub.iter().zip(sup).all(|(&sub, &sup)| self.val_matches(sub, sup))
    }

    /// Spec: valid/matching#field-types
    fn field_matches(&self, sub: FieldType, sup: FieldType) -> bool {
        let matches = |sub, sup| match (sub, sup) {
            (StorageType::Val(sub), StorageType::Val(sup)) => self.val_matches(sub, sup),
            (sub, sup) => sub == sup,
        };
        sub.mutable == sup.mutable
            && matches(sub.storage, sup.storage)
            && (!sub.mutable || matches(sup.storage, sub.storage))
    }

    /// Spec: valid/matching#composite-types
    fn composite_matches(&self, sub: &CompositeType, sup: &CompositeType) -> bool {
        match (sub, sup) {
            (CompositeType::Func(sub), CompositeType::Func(sup)) => {
                self.vals_match(&sup.params, &sub.params)
                    && self.vals_match(&sub.results, &sup.results)
            }
            (CompositeType::Struct(sub), CompositeType::Struct(sup)) => {
                sub.len() >= sup.len()
                    && sub.iter().zip(sup).all(|(&sub, &sup)| self.field_matches(sub, sup))
            }
            (CompositeType::Array(sub), CompositeType::Array(sup)) => {
                self.field_matches(*sub, *sup)
            }
            (
                CompositeType::Func(_) | CompositeType::Struct(_) | CompositeType::Array(_),
                CompositeType::Func(_) | CompositeType::Struct(_) | CompositeType::Array(_),
            ) => false,
        }
    }

    /// Spec: valid/matching#global-types
    fn global_matches(&self, sub: GlobalType, sup: GlobalType) -> bool {
        sub.mutable == sup.mutable
            && self.val_matches(sub.content, sup.content)
            && (!sub.mutable || self.val_matches(sup.content, sub.content))
    }

    /// Spec: valid/matching#table-types
    fn table_matches(&self, sub: &TableType, sup: &TableType) -> bool {
        sub.addr == sup.addr
            && limits_match(sub.limits, sup.limits)
            && self.ref_matches(sub.element, sup.element)
            && self.ref_matches(sup.element, sub.element)
    }
}

/// Canonical types match.
impl Matching for TypeRegistry {
    fn is_defined_subtype(&self, sub: TypeIdx, sup: TypeIdx) -> bool {
        self.is_subtype(TypeId(sub.0), TypeId(sup.0))
    }
    fn composite(&self, ty: TypeIdx) -> &CompositeType {
        &self.sub_type(TypeId(ty.0)).composite
    }
}

/// The types of one module with their canonical ids.
#[derive(Clone, Copy, Debug)]
pub struct ModuleTypes<'m> {
    /// The definitions.
    pub types: &'m IndexSpace<TypeIdx, SubType>,
    /// What [`TypeRegistry::intern_module`] said of them.
    pub ids: &'m [TypeId],
}

impl Matching for ModuleTypes<'_> {
    fn is_defined_subtype(&self, sub: TypeIdx, sup: TypeIdx) -> bool {
        let sup = self.ids[sup.to_usize()];
        let mut above = sub;
        loop {
            if self.ids[above.to_usize()] == sup {
                return true;
            }
            let Some(&next) = self.types[above].supertypes.first() else { return false };
            above = next;
        }
    }
    fn composite(&self, ty: TypeIdx) -> &CompositeType {
        &self.types[ty].composite
    }
}

/// Spec: valid/matching#limits
#[must_use]
pub fn limits_match(sub: SizeLimits, sup: SizeLimits) -> bool {
    sub.min >= sup.min
        && sup.max.is_none_or(|sup_max| sub.max.is_some_and(|sub_max| sub_max <= sup_max))
}

/// The top of the hierarchy that a heap type belongs to.
pub fn top(types: &impl Matching, heap: HeapType) -> AbsHeapType {
    let heap = match heap {
        HeapType::Abstract(heap) => heap,
        HeapType::Concrete(ty) => kind_of(types.composite(ty)),
    };
    match heap {
        AbsHeapType::Any
        | AbsHeapType::Eq
        | AbsHeapType::I31
        | AbsHeapType::Struct
        | AbsHeapType::Array
        | AbsHeapType::None => AbsHeapType::Any,
        AbsHeapType::Func | AbsHeapType::NoFunc => AbsHeapType::Func,
        AbsHeapType::Extern | AbsHeapType::NoExtern => AbsHeapType::Extern,
        AbsHeapType::Exn | AbsHeapType::NoExn => AbsHeapType::Exn,
    }
}

/// The least abstract type above the definitions of this structure.
#[must_use]
pub const fn kind_of(composite: &CompositeType) -> AbsHeapType {
    match composite {
        CompositeType::Func(_) => AbsHeapType::Func,
        CompositeType::Struct(_) => AbsHeapType::Struct,
        CompositeType::Array(_) => AbsHeapType::Array,
    }
}

/// The bottom of the hierarchy that an abstract type belongs to.
#[must_use]
pub const fn bottom(heap: AbsHeapType) -> AbsHeapType {
    match heap {
        AbsHeapType::Any
        | AbsHeapType::Eq
        | AbsHeapType::I31
        | AbsHeapType::Struct
        | AbsHeapType::Array
        | AbsHeapType::None => AbsHeapType::None,
        AbsHeapType::Func | AbsHeapType::NoFunc => AbsHeapType::NoFunc,
        AbsHeapType::Extern | AbsHeapType::NoExtern => AbsHeapType::NoExtern,
        AbsHeapType::Exn | AbsHeapType::NoExn => AbsHeapType::NoExn,
    }
}

fn abstract_matches(sub: AbsHeapType, sup: AbsHeapType) -> bool {
    sub == sup
        || sub == bottom(sup)
        || match sup {
            AbsHeapType::Any => matches!(
                sub,
                AbsHeapType::Eq | AbsHeapType::I31 | AbsHeapType::Struct | AbsHeapType::Array
            ),
            AbsHeapType::Eq => {
                matches!(sub, AbsHeapType::I31 | AbsHeapType::Struct | AbsHeapType::Array)
            }
            AbsHeapType::I31
            | AbsHeapType::Struct
            | AbsHeapType::Array
            | AbsHeapType::None
            | AbsHeapType::Func
            | AbsHeapType::NoFunc
            | AbsHeapType::Extern
            | AbsHeapType::NoExtern
            | AbsHeapType::Exn
            | AbsHeapType::NoExn => false,
        }
}

/// A value type of a module as a canonical type.
#[must_use]
pub fn canonicalise_val(ty: ValType, ids: &[TypeId]) -> ValType {
    map_val(ty, &mut |idx| TypeIdx(ids[idx.to_usize()].0))
}

/// A reference type of a module as a canonical type.
#[must_use]
pub fn canonicalise_ref(ty: RefType, ids: &[TypeId]) -> RefType {
    map_ref(ty, &mut |idx| TypeIdx(ids[idx.to_usize()].0))
}

/// A global type of a module as a canonical type.
#[must_use]
pub fn canonicalise_global(ty: GlobalType, ids: &[TypeId]) -> GlobalType {
    GlobalType { content: canonicalise_val(ty.content, ids), ..ty }
}

/// A table type of a module as a canonical type.
#[must_use]
pub fn canonicalise_table(ty: TableType, ids: &[TypeId]) -> TableType {
    TableType { element: canonicalise_ref(ty.element, ids), ..ty }
}

/// The definition with every type index replaced.
fn map_indices(ty: &SubType, mut map: impl FnMut(TypeIdx) -> TypeIdx) -> SubType {
    let supertypes = ty.supertypes.iter().map(|&sup| map(sup)).collect();
    let field = |field: FieldType, map: &mut _| {
        let storage = match field.storage {
            StorageType::Val(ty) => StorageType::Val(map_val(ty, map)),
            packed @ (StorageType::I8 | StorageType::I16) => packed,
        };
        FieldType { storage, ..field }
    };
    let composite = match &ty.composite {
        CompositeType::Func(ty) => CompositeType::Func(FuncType {
            params: ty.params.iter().map(|&ty| map_val(ty, &mut map)).collect(),
            results: ty.results.iter().map(|&ty| map_val(ty, &mut map)).collect(),
        }),
        CompositeType::Struct(fields) => {
            CompositeType::Struct(fields.iter().map(|&ty| field(ty, &mut map)).collect())
        }
        CompositeType::Array(element) => CompositeType::Array(field(*element, &mut map)),
    };
    SubType { is_final: ty.is_final, supertypes, composite }
}

fn map_val(ty: ValType, map: &mut impl FnMut(TypeIdx) -> TypeIdx) -> ValType {
    match ty {
        ValType::Ref(ty) => ValType::Ref(map_ref(ty, map)),
        number @ (ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128) => {
            number
        }
    }
}

fn map_ref(ty: RefType, map: &mut impl FnMut(TypeIdx) -> TypeIdx) -> RefType {
    match ty.heap {
        HeapType::Abstract(_) => ty,
        HeapType::Concrete(idx) => RefType { heap: HeapType::Concrete(map(idx)), ..ty },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A structure with one immutable field that refers to a type.
    fn points_to(ty: u32) -> SubType {
        let field = ValType::Ref(RefType::nullable(HeapType::Concrete(TypeIdx(ty))));
        let field = FieldType { mutable: false, storage: StorageType::Val(field) };
        SubType {
            is_final: false,
            supertypes: Box::new([]),
            composite: CompositeType::Struct(Box::new([field])),
        }
    }

    fn below(sup: u32, ty: SubType) -> SubType {
        SubType { supertypes: Box::new([TypeIdx(sup)]), ..ty }
    }

    fn intern(
        registry: &mut TypeRegistry,
        types: impl IntoIterator<Item = SubType>,
        groups: &[Range<u32>],
    ) -> Box<[TypeId]> {
        registry.intern_module(&types.into_iter().collect(), groups).expect("few types")
    }

    #[test]
    fn equal_groups_of_two_modules_have_equal_ids() {
        let mut registry = TypeRegistry::new();
        let pair = [points_to(1), points_to(0)];
        let a = intern(&mut registry, pair, std::slice::from_ref(&(0..2)));
        let b = intern(&mut registry, [points_to(0), points_to(2), points_to(1)], &[0..1, 1..3]);
        assert_eq!(a[..], b[1..]);
        assert_ne!(b[0], b[1]);
    }

    #[test]
    fn a_type_in_a_group_differs_from_one_that_unrolls_it() {
        let mut registry = TypeRegistry::new();
        let ids = intern(&mut registry, [points_to(0), points_to(0)], &[0..1, 1..2]);
        assert_ne!(ids[0], ids[1]);
    }

    #[test]
    fn subtypes_are_found_along_the_chain() {
        let mut registry = TypeRegistry::new();
        let types = [points_to(0), below(0, points_to(0)), below(1, points_to(0)), points_to(2)];
        let groups = [0..1, 1..2, 2..3, 3..4];
        let ids = intern(&mut registry, types.clone(), &groups);
        let types = types.into_iter().collect();
        let module = ModuleTypes { types: &types, ids: &ids };
        for sub in 0..4 {
            for sup in 0..4 {
                let expected = sub == sup || (sup < sub && sub < 3);
                assert_eq!(registry.is_subtype(ids[sub], ids[sup]), expected, "{sub} {sup}");
                let (sub, sup) = (TypeIdx::from_usize(sub), TypeIdx::from_usize(sup));
                assert_eq!(module.is_defined_subtype(sub, sup), expected, "{sub} {sup}");
            }
        }
    }

    #[test]
    fn bottoms_are_below_the_definitions_of_their_hierarchy_only() {
        let mut registry = TypeRegistry::new();
        let ids = intern(&mut registry, [points_to(0)], std::slice::from_ref(&(0..1)));
        let concrete = HeapType::Concrete(TypeIdx(ids[0].0));
        assert!(registry.heap_matches(HeapType::Abstract(AbsHeapType::None), concrete));
        assert!(!registry.heap_matches(HeapType::Abstract(AbsHeapType::NoFunc), concrete));
        assert!(registry.heap_matches(concrete, HeapType::Abstract(AbsHeapType::Eq)));
        assert!(!registry.heap_matches(concrete, HeapType::Abstract(AbsHeapType::Func)));
    }
}
