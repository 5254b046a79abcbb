//! Where a collection begins: everything of a store that can hold a reference to an object.

use super::StoreInner;
use super::global::GlobalInst;
use super::instance::InstanceInst;
use super::object;
use super::segment::ElemInst;
use crate::interp::heap::collect::is_traced;
use crate::interp::module::GlobalSlot;
use crate::wasm::{GlobalIdx, Index, TypeRegistry, ValType};

impl StoreInner {
    /// Gives `visit` the slots of all references that the guests and the host hold.
    pub(crate) fn each_root(&self, types: &TypeRegistry, visit: &mut dyn FnMut(u64)) {
        self.roots.borrow().each(visit);
        self.temporaries.iter().copied().for_each(&mut *visit);
        visit(self.thrown);
        for execution in &self.executing {
            execution.each_root(types, visit);
        }
        for execution in self.activations.waiting() {
            execution.each_root(types, visit);
        }
        for instance in &self.instances {
            self.roots_of_instance(instance.get(), types, visit);
        }
        for GlobalInst { ty, at, .. } in &self.globals {
            if is_traced(types, ty.content) {
                visit(*object::resolve(self, *at));
            }
        }
        for table in &self.tables {
            if is_traced(types, ValType::Ref(table.get().ty().element)) {
                table.get().slots().iter().copied().for_each(&mut *visit);
            }
        }
    }

    /// Its own globals and its segments.
    fn roots_of_instance(
        &self,
        instance: &InstanceInst,
        types: &TypeRegistry,
        visit: &mut dyn FnMut(u64),
    ) {
        let module = &instance.module;
        for (index, slot) in module.globals.iter().enumerate() {
            let GlobalSlot::Own(word) = slot else { continue };
            if is_traced(types, module.global_type(GlobalIdx::from_usize(index)).content) {
                visit(*object::resolve(self, instance.context.global(*word as usize)));
            }
        }
        for (elem, contents) in module.wasm.elems.iter().zip(&instance.elems) {
            if let ElemInst::Slots(slots) = contents
                && is_traced(types, module.canonical(ValType::Ref(elem.ty)))
            {
                slots.iter().copied().for_each(&mut *visit);
            }
        }
    }
}
