//! Making objects of a store, and the slots that refer to functions.

use std::io;
use std::ptr::{self, NonNull};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering};

use super::StoreInner;
use super::func::{FuncInst, HostCall, HostFunc};
use super::global::GlobalInst;
use super::instance::InstanceInst;
use super::memory::MemoryInst;
use super::object::{self, Object};
use super::pool::MemoryPool;
use super::shared::Shared;
use super::table::TableInst;
use super::tag::TagInst;
use crate::interp::error::InstantiateError;
use crate::interp::machine::host_code;
use crate::interp::module::FuncShape;
use crate::wasm::{FuncIdx, GlobalIdx, GlobalType, Index, MemoryType, TableType};

impl StoreInner {
    /// A memory of this type. Spec: exec/modules#alloc-mem
    pub(crate) fn new_memory(
        &mut self,
        ty: MemoryType,
    ) -> Result<NonNull<MemoryInst>, InstantiateError> {
        let needed = ty.min_bytes();
        self.check_room(needed, 0)?;
        let available = self.limits.memory - self.memory_used;
        let addr = address(self.memories.len());
        let memory = MemoryInst::new(ty, addr, available).map_err(InstantiateError::Memory)?;
        self.memory_used += needed;
        self.memories.push(Object::new(memory));
        Ok(self.memories[addr as usize].as_ptr())
    }

    /// A memory that other stores have, too.
    pub(crate) fn shared_memory(&mut self, shared: &Arc<Shared>) -> NonNull<MemoryInst> {
        let addr = address(self.memories.len());
        self.memories.push(Object::new(MemoryInst::of_shared(shared, addr)));
        self.memories[addr as usize].as_ptr()
    }

    /// A memory from a pool, with what its memories hold at their start.
    pub(crate) fn pooled_memory(
        &mut self,
        pool: &Arc<MemoryPool>,
    ) -> Result<NonNull<MemoryInst>, InstantiateError> {
        let needed = pool.ty().min_bytes();
        self.check_room(needed, 0)?;
        let available = self.limits.memory - self.memory_used;
        let addr = address(self.memories.len());
        let memory = MemoryInst::pooled(pool, addr, available).map_err(InstantiateError::Memory)?;
        self.memory_used += needed;
        self.memories.push(Object::new(memory));
        Ok(self.memories[addr as usize].as_ptr())
    }

    /// A table of this canonical type, each element `init`. Spec: exec/modules#alloc-table
    pub(crate) fn new_table(
        &mut self,
        ty: TableType,
        init: u64,
    ) -> Result<NonNull<TableInst>, InstantiateError> {
        self.check_room(0, ty.limits.min)?;
        let addr = address(self.tables.len());
        let no_memory = || InstantiateError::Memory(io::ErrorKind::OutOfMemory.into());
        let table = TableInst::new(ty, addr, init).ok_or_else(no_memory)?;
        self.table_used += ty.limits.min;
        self.tables.push(Object::new(table));
        Ok(self.tables[addr as usize].as_ptr())
    }

    /// A global that the host owns, of this canonical type. Spec: exec/modules#alloc-global
    pub(crate) fn new_global(&mut self, ty: GlobalType, value: [u64; 2]) -> u32 {
        self.globals.push(GlobalInst::of_host(ty, value));
        address(self.globals.len() - 1)
    }

    /// A tag. Spec: exec/modules#alloc-tag
    pub(crate) fn new_tag(&mut self, tag: TagInst) -> u32 {
        self.tags.push(tag);
        address(self.tags.len() - 1)
    }

    /// A function of the host. Spec: exec/modules#alloc-func
    pub(crate) fn new_host_func(
        &mut self,
        ty: &FuncShape,
        call: Arc<dyn HostCall>,
    ) -> NonNull<FuncInst> {
        let host = HostFunc { call, code: [0; 2], entry: AtomicPtr::new(ptr::null_mut()) };
        let addr = address(self.funcs.len());
        let mut func = Object::new(FuncInst {
            entry: ptr::null(),
            context: ptr::null_mut(),
            type_id: ty.id,
            supertypes: ty.supertypes.clone(),
            ty: Arc::clone(&ty.ty),
            shape: ty.shape,
            addr,
            func: FuncIdx(addr),
            host: Some(host),
        });
        let at = func.as_ptr();
        let inst = func.get_mut();
        if let Some(host) = &mut inst.host {
            host.code = host_code(self.engine.backend(), at);
            host.entry.store(host.code.as_ptr().cast_mut(), Ordering::Release);
            inst.entry = &raw const host.entry;
        }
        self.funcs.push(func);
        at
    }

    /// The function of an instance: imported, or its own, made at the first reference. Not inlined:
    /// a handler calls it.
    #[inline(never)]
    pub(crate) fn func_ref(
        &mut self,
        instance: NonNull<InstanceInst>,
        func: FuncIdx,
    ) -> NonNull<FuncInst> {
        let inst = object::resolve_mut(self, instance);
        let Some(defined) = func.to_usize().checked_sub(inst.imports.len()) else {
            return inst.imports[func.to_usize()];
        };
        if inst.funcs.is_empty() {
            inst.funcs = vec![None; inst.module.wasm.bodies.len()].into();
        }
        if let Some(made) = inst.funcs[defined] {
            return made;
        }
        let context = inst.context.as_ptr().as_ptr();
        let module = Arc::clone(&inst.module);
        let ty = module.func_shape(module.wasm.funcs[func]);
        let addr = address(self.funcs.len());
        let made = Object::new(FuncInst {
            entry: module.code.entry(defined).as_ptr(),
            context,
            type_id: ty.id,
            supertypes: ty.supertypes.clone(),
            ty: Arc::clone(&ty.ty),
            shape: ty.shape,
            addr,
            func,
            host: None,
        });
        let at = made.as_ptr();
        self.funcs.push(made);
        object::resolve_mut(self, instance).funcs[defined] = Some(at);
        at
    }

    /// The slot of a reference to a function.
    pub(crate) fn func_slot(&mut self, instance: NonNull<InstanceInst>, func: FuncIdx) -> u64 {
        slot_of(self.func_ref(instance, func))
    }

    /// The address in the store of the function that a slot refers to; none for null.
    pub(crate) fn func_of(&self, slot: u64) -> Option<u32> {
        let at = NonNull::new(ptr::with_exposed_provenance_mut::<FuncInst>(slot as usize))?;
        Some(object::resolve(self, at).addr)
    }

    /// The address in the store of an instance's global, for a handle.
    pub(crate) fn global_ref(&mut self, instance: NonNull<InstanceInst>, global: GlobalIdx) -> u32 {
        let inst = object::resolve_mut(self, instance);
        if inst.globals.is_empty() {
            inst.globals = vec![None; inst.module.globals.len()].into();
        }
        if let Some(made) = inst.globals[global.to_usize()] {
            return made;
        }
        let at = InstanceInst::global_at(self, instance, global);
        let module = &object::resolve(self, instance).module;
        let ty = module.global_type(global);
        self.globals.push(GlobalInst::of_instance(ty, at));
        let addr = address(self.globals.len() - 1);
        object::resolve_mut(self, instance).globals[global.to_usize()] = Some(addr);
        addr
    }
}

/// The slot of a reference to this function.
pub(crate) fn slot_of(func: NonNull<FuncInst>) -> u64 {
    func.as_ptr().expose_provenance() as u64
}

/// Objects of one kind take 48 bytes and more, so memory ends before their numbers do.
fn address(index: usize) -> u32 {
    u32::try_from(index).expect("fewer than 2^32 objects fit in memory")
}
