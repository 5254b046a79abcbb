//! The memory where a guest's pointers point: what it exports as `memory`, else its first.

use std::fmt;

use crate::interp::{ExternType, Module};
use crate::wasm::{AddrType, MemoryType};

/// A module whose memory is none for the host's functions: their pointers have 32 bits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WideMemory {
    ty: MemoryType,
}

impl fmt::Display for WideMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the module's memory is `{}`, with addresses of 64 bits, but the host's functions take \
             pointers of 32 bits: build it for wasm32, or export a memory of 32-bit addresses as \
             `memory`",
            ExternType::Memory(self.ty)
        )
    }
}

impl std::error::Error for WideMemory {}

/// Checks that the memory of a module is one that the host's functions can work with. One without
/// any is: all its buffers are empty.
///
/// # Errors
/// When its addresses have 64 bits.
pub fn check_memory(module: &Module) -> Result<(), WideMemory> {
    match host_memory(module) {
        Some(ty) if ty.addr == AddrType::I64 => Err(WideMemory { ty }),
        Some(_) | None => Ok(()),
    }
}

/// As [`Instance::memory`](crate::interp::Instance::memory) finds it, before there is an instance.
fn host_memory(module: &Module) -> Option<MemoryType> {
    if let Some(ExternType::Memory(ty)) = module.export("memory") {
        return Some(ty);
    }
    let imported = module.imports().find_map(|(_, _, ty)| match ty {
        ExternType::Memory(ty) => Some(ty),
        ExternType::Func(_)
        | ExternType::Table(_)
        | ExternType::Global(_)
        | ExternType::Tag(_) => None,
    });
    imported.or_else(|| module.wasm().memories.first().copied())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interp::Engine;

    fn check(text: &str, expected: Option<&str>) {
        let module = Module::new(&Engine::default(), &wat::parse_str(text).unwrap()).unwrap();
        let found = check_memory(&module).err().map(|wide| ExternType::Memory(wide.ty).to_string());
        assert_eq!(found.as_deref(), expected, "{text}");
    }

    #[test]
    fn a_memory_of_wide_addresses_is_refused_wherever_it_comes_from() {
        check("(module (memory i64 1))", Some("memory i64 1"));
        check(r#"(module (memory 1) (memory (export "memory") i64 1 2))"#, Some("memory i64 1 2"));
        check(r#"(module (import "env" "memory" (memory i64 3)))"#, Some("memory i64 3"));
    }

    #[test]
    fn other_memories_may_be_wide() {
        check("(module)", None);
        check(r#"(module (memory i64 1) (memory (export "memory") 1))"#, None);
        check(r#"(module (import "env" "memory" (memory 1)) (memory i64 1))"#, None);
    }
}
