//! The references that an execution holds while it doesn't run: a walk over its frames, with the
//! map that the translator left of each. What has not begun, and a host function, holds its
//! parameters.

use super::Regs;
use super::execution::Walk;
use crate::interp::code::table::Begun;
use crate::interp::code::{HEADER, slots_of};
use crate::interp::heap::collect::is_traced;
use crate::wasm::{FuncType, TypeRegistry};

/// Gives `visit` the slots of the frames' references.
pub(super) fn frames(mut walk: Walk, types: &TypeRegistry, visit: &mut dyn FnMut(u64)) {
    loop {
        let r = &walk.r;
        let instance = r.instance();
        let found = instance.and_then(|instance| {
            let own = &mut |slot| visit(r.peek(slot));
            instance.module.code.references(r.ip, walk.innermost, own)
        });
        match (found, instance) {
            (Some(Begun::Not(defined)), Some(instance)) => {
                let wasm = &instance.module.wasm;
                let func = wasm.funcs.as_slice()[wasm.imported_funcs() + defined];
                let shape = instance.module.func_shape(func);
                params(r, shape.shape.area(), &shape.ty, types, visit);
            }
            (Some(_), _) => {}
            (None, _) => {
                let func = r.host_func();
                params(r, func.shape.area(), &func.ty, types, visit);
            }
        }
        if !walk.step() {
            return;
        }
    }
}

/// The parameters of a frame that are references.
fn params(r: &Regs, area: u32, ty: &FuncType, types: &TypeRegistry, visit: &mut dyn FnMut(u64)) {
    let mut slot = -((HEADER as u32 + area) as i32);
    for ty in &ty.params {
        if is_traced(types, *ty) {
            visit(r.peek(slot));
        }
        slot += slots_of(*ty) as i32;
    }
}
