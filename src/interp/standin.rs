//! Stands where the machine and the translator come: nothing runs yet.
#![allow(dead_code, missing_docs, reason = "s")]
use super::code::Word;
use super::engine::Backend;
use super::store::{StoreInner, context::Context, func::FuncInst};
use super::trap::Trap;
use std::ptr::NonNull;
pub(crate) struct Saved;
pub(crate) fn tail_calls_work() -> bool {
    true
}
pub(crate) fn host_code(_b: Backend, _f: NonNull<FuncInst>) -> Box<[Word]> {
    Box::new([])
}
pub(crate) enum Stop {
    Done,
    Trap(Trap),
    Wait,
    Yield,
    Failed,
}
pub(crate) struct Execution;
impl Execution {
    pub(crate) fn new(_b: Backend, _slots: usize) -> std::io::Result<Self> {
        Ok(Self)
    }
    pub(crate) fn start(&mut self, _f: NonNull<FuncInst>, _a: &[u64], _idle: NonNull<Context>) {}
    pub(crate) fn run(&mut self, _s: NonNull<StoreInner>) -> Stop {
        Stop::Done
    }
    pub(crate) fn resume(&mut self, _r: &[u64]) {}
    pub(crate) fn waiting(&self) -> Option<NonNull<FuncInst>> {
        None
    }
    pub(crate) fn results(&self) -> &[u64] {
        &[]
    }
}

pub(crate) struct CodeTable(Box<[std::sync::atomic::AtomicPtr<u64>]>);
impl CodeTable {
    pub(crate) fn new(_: Backend, n: usize) -> Self {
        Self((0..n).map(|_| Default::default()).collect())
    }
    pub(crate) fn entry(&self, d: usize) -> NonNull<std::sync::atomic::AtomicPtr<u64>> {
        NonNull::from(&self.0[d])
    }
}
pub(crate) fn translate_function(_: &super::module::ModuleInner, _: usize) {}
