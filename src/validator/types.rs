//! The type section: references, supertypes, and that each type matches its supertype.
//!
//! Spec: valid/types#recursive-types

use std::ops::Range;
use std::sync::{PoisonError, RwLock};

use super::context::entry;
use super::countable::Countable;
use super::invalid::{Invalid, InvalidKind, Result, Space, SubtypeReason};
use crate::wasm::subtyping::{Matching, ModuleTypes};
use crate::wasm::{
    CompositeType, FieldType, HeapType, Index, Limits, Module, StorageType, SubType, TypeId,
    TypeIdx, TypeRegistry, ValType,
};

/// Validates the types of a module and gives each its canonical id.
///
/// Only types that are sound in themselves reach the registry: references are in range and chains
/// of supertypes end.
pub(super) fn validate(
    module: &Module,
    limits: &Limits,
    registry: &RwLock<TypeRegistry>,
) -> Result<Box<[TypeId]>> {
    let mut depths = Vec::with_capacity(module.types.len());
    for group in &module.rec_groups {
        for ty in members(group) {
            check_references(&module.types[ty], group.end)?;
            depths.push(depth(module, ty, &depths, limits)?);
        }
    }
    let mut registry = registry.write().unwrap_or_else(PoisonError::into_inner);
    let ids = registry.intern_module(&module.types, &module.rec_groups).map_err(|_| {
        let limit = TypeRegistry::MAX_TYPES;
        let count = limit.saturating_add(1);
        Invalid::new(InvalidKind::TooMany { what: Countable::EngineTypes, count, limit })
    })?;
    drop(registry);
    let types = ModuleTypes { types: &module.types, ids: &ids };
    for (ty, definition) in module.types.enumerate() {
        check_structure(types, ty, definition)?;
    }
    Ok(ids)
}

fn members(group: &Range<u32>) -> impl Iterator<Item = TypeIdx> + use<> {
    group.clone().map(TypeIdx)
}

/// References may point into the own group or before it, never behind its `end`.
fn check_references(definition: &SubType, end: u32) -> Result<()> {
    match &definition.composite {
        CompositeType::Func(ty) => {
            ty.params.iter().chain(&ty.results).try_for_each(|&ty| check_val_type(ty, end))
        }
        CompositeType::Struct(fields) => {
            fields.iter().try_for_each(|&field| check_field(field, end))
        }
        CompositeType::Array(element) => check_field(*element, end),
    }
}

fn check_field(field: FieldType, end: u32) -> Result<()> {
    match field.storage {
        StorageType::Val(ty) => check_val_type(ty, end),
        StorageType::I8 | StorageType::I16 => Ok(()),
    }
}

fn check_val_type(ty: ValType, end: u32) -> Result<()> {
    match ty {
        ValType::Ref(ty) => match ty.heap {
            HeapType::Concrete(ty) if ty.0 >= end => {
                Err(Invalid::new(InvalidKind::unknown(Space::Type, ty, end as usize)))
            }
            HeapType::Concrete(_) | HeapType::Abstract(_) => Ok(()),
        },
        ValType::I32 | ValType::I64 | ValType::F32 | ValType::F64 | ValType::V128 => Ok(()),
    }
}

/// How many supertypes are above a type, given the `depths` of those before it.
fn depth(module: &Module, ty: TypeIdx, depths: &[usize], limits: &Limits) -> Result<usize> {
    let Some((&sup, rest)) = module.types[ty].supertypes.split_first() else { return Ok(0) };
    let wrong = |sup, reason| Invalid::new(InvalidKind::Subtype { ty, sup, reason });
    if let Some(&second) = rest.first() {
        return Err(wrong(second, SubtypeReason::Several));
    }
    let definition = entry(&module.types, sup, Space::Type)?;
    let Some(depth) = depths.get(sup.to_usize()) else {
        return Err(wrong(sup, SubtypeReason::Forward));
    };
    if definition.is_final {
        return Err(wrong(sup, SubtypeReason::Final));
    }
    let (count, limit) = (depth + 1, limits.subtype_depth);
    if count > limit {
        return Err(Invalid::new(InvalidKind::TooMany {
            what: Countable::Supertypes,
            count,
            limit,
        }));
    }
    Ok(count)
}

/// Spec: valid/types#valid-subtype
fn check_structure(types: ModuleTypes<'_>, ty: TypeIdx, definition: &SubType) -> Result<()> {
    match definition.supertypes.first() {
        Some(&sup) if !types.composite_matches(&definition.composite, types.composite(sup)) => {
            let reason = SubtypeReason::Structure;
            Err(Invalid::new(InvalidKind::Subtype { ty, sup, reason }))
        }
        Some(_) | None => Ok(()),
    }
}
