//! A guest made for a test, with all imports and a memory, and what it waits for.

use std::sync::Arc;

use serverless_wasm::host::{
    self, Environment, FUNCTIONS, HostFunction, HostLimits, Outcome, Request, Response, State, Wait,
};
use serverless_wasm::interp::{self, Engine, Instance, Linker, Module, Store};
use serverless_wasm::wasm::Val;

/// Bytes of the guest's memory.
pub(crate) const MEMORY: usize = 65_536;

/// What surrounds a guest. Each wait has the next of `outcomes`.
pub(crate) struct Surroundings {
    pub(crate) request: Request,
    pub(crate) environment: Environment,
    pub(crate) limits: HostLimits,
    pub(crate) outcomes: Vec<Outcome>,
}

impl Default for Surroundings {
    fn default() -> Self {
        Self {
            request: Request::default(),
            environment: Environment::default(),
            limits: HostLimits { response_size: 1_000, log_size: 1_000, connections: 2 },
            outcomes: Vec::new(),
        }
    }
}

/// What became of a guest.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The results, or the trap's text.
    pub(crate) result: Result<Vec<Val>, String>,
    /// Its memory at the end.
    pub(crate) memory: Vec<u8>,
    /// What it answered.
    pub(crate) response: Option<Response>,
    /// What it waited for, in words.
    pub(crate) waits: Vec<String>,
}

/// A function as a module in the text format imports it: `$name` is its name there.
pub(crate) fn import(function: &HostFunction) -> String {
    let HostFunction { module, name, params, result, .. } = function;
    let params: Vec<_> = params.iter().map(|(_, ty)| *ty).collect();
    let params = params.join(" ");
    let result = result.map_or(String::new(), |result| format!("(result {result})"));
    format!("(import {module:?} {name:?} (func ${name} (param {params}) {result}))\n")
}

/// A module whose function `f` has this type and code, and whose memory holds `data` at 0.
pub(crate) fn module(data: &str, ty: &str, code: &str) -> String {
    let imports: String = FUNCTIONS.iter().map(import).collect();
    format!(
        "(module {imports} (memory (export \"memory\") 1) (data (i32.const 0) \"{data}\")
           (func (export \"f\") {ty} {code}))"
    )
}

impl Surroundings {
    /// Runs [`module`].
    pub(crate) fn run(self, data: &str, ty: &str, code: &str) -> Ended {
        self.run_module(&module(data, ty, code), "f")
    }

    /// Runs a function of a module.
    pub(crate) fn run_module(self, text: &str, function: &str) -> Ended {
        let engine = Engine::default();
        let binary = wat::parse_str(text).unwrap_or_else(|error| panic!("{error}"));
        let module = Module::new(&engine, &binary).expect("a valid module");
        let mut linker = Linker::new(&engine);
        host::link(&mut linker).expect("no name twice");
        let state = State::new(self.request, Arc::new(self.environment), self.limits);
        let mut store = Store::new(&engine, state);
        let instance = linker.instantiate(&mut store, &module).expect("it links");
        let mut waits = Vec::new();
        let mut outcomes = self.outcomes.into_iter();
        let mut perform = |store: &mut Store<State>, wait: &Wait| {
            waits.push(described(store, wait));
            outcomes.next().unwrap_or_else(|| panic!("it waits for {wait:?}"))
        };
        let result = run(&mut store, instance, function, &mut perform);
        let memory = instance.get_memory(&mut store, "memory");
        let memory = memory.and_then(|memory| memory.data(&store)).map(<[u8]>::to_vec);
        let memory = memory.expect("it exports a memory");
        Ended { result, memory, response: store.into_data().into_response(), waits }
    }
}

fn run(
    store: &mut Store<State>,
    instance: Instance,
    function: &str,
    perform: &mut dyn FnMut(&mut Store<State>, &Wait) -> Outcome,
) -> Result<Vec<Val>, String> {
    let function = instance.get_func(&mut *store, function).expect("it exports the function");
    let activation = function.start(&mut *store, &[]).expect("it takes nothing");
    let mut results = Vec::new();
    loop {
        let stands = activation.resume(&mut *store, &results);
        match stands.map_err(|error| error.to_string())? {
            interp::State::Done(results) => return Ok(results),
            interp::State::Ready | interp::State::Running => unreachable!("it was resumed"),
            interp::State::Waiting(_) => {
                let wait = store.data_mut().take_wait().expect("it waits for something");
                let outcome = perform(store, &wait);
                results = vec![host::complete(store, &wait, outcome).expect("its own store")];
            }
        }
    }
}

fn described(store: &Store<State>, wait: &Wait) -> String {
    match wait {
        Wait::Connect(connect) => {
            let (host, port) = connect.host_and_port();
            format!("connect {host} {port}")
        }
        Wait::Read(_, buffer) => format!("read {}", buffer.len()),
        Wait::Write(_, buffer) => {
            let bytes = buffer.contents(store).expect("its own store");
            format!("write {}", bytes.escape_ascii())
        }
        Wait::BodySize => "body size".to_owned(),
        Wait::ReadBody(buffer) => format!("read body {}", buffer.len()),
    }
}

/// One result of 64 bits.
pub(crate) fn i64(value: i64) -> Result<Vec<Val>, String> {
    Ok(vec![Val::I64(value)])
}

/// One result of 32 bits.
pub(crate) fn i32(value: i32) -> Result<Vec<Val>, String> {
    Ok(vec![Val::I32(value)])
}

/// The trap of an argument.
pub(crate) fn refused<T>(function: &str, argument: &str, problem: &str) -> Result<T, String> {
    Err(format!("env.{function}: argument `{argument}`: {problem}"))
}
