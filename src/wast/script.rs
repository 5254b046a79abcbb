//! One script at work: a store, the instances that its directives made, and what each directive
//! asks of them.

use std::collections::HashMap;
use std::fmt;

use wast::token::Id;
use wast::{QuoteWat, WastDirective, WastExecute, WastInvoke, Wat};

use super::{spectest, values};
use crate::interp::{
    CallError, Config, Engine, Instance, InstantiateError, Linker, LoadError, Misuse, Module,
    Store, StoreLimits,
};
use crate::wasm::Val;

/// Nothing to say where a directive did what it says; else what it did.
type Check = Result<(), String>;

/// A script's state.
pub(super) struct Script {
    engine: Engine,
    store: Store<()>,
    /// What later modules may import: `spectest` and what was registered.
    linker: Linker<()>,
    /// What directives without a name mean; nothing where the last module failed to load, so that
    /// what depends on it fails too.
    current: Option<Instance>,
    instances: HashMap<String, Instance>,
    /// What `module definition` left for `module instance`.
    definition: Option<Module>,
    definitions: HashMap<String, Module>,
}

/// Why something could not be done.
enum Failure {
    /// What the script names does not exist, or can't be said to the engine.
    Missing(String),
    Misuse(Misuse),
    /// The text of a module is none, says the crate `wast`.
    Text(wast::Error),
    Load(LoadError),
    Instantiate(InstantiateError),
    Call(CallError),
}

impl Script {
    pub(super) fn new(config: Config) -> Self {
        let engine = Engine::new(config);
        let mut store = Store::with_limits(&engine, (), StoreLimits::unlimited());
        let linker = spectest::linker(&engine, &mut store);
        Self {
            engine,
            store,
            linker,
            current: None,
            instances: HashMap::new(),
            definition: None,
            definitions: HashMap::new(),
        }
    }

    /// Does what a directive says.
    pub(super) fn perform(&mut self, directive: WastDirective<'_>) -> Check {
        match directive {
            WastDirective::Module(module) => self.module(module),
            WastDirective::ModuleDefinition(module) => self.definition(module),
            WastDirective::ModuleInstance { instance, module, .. } => {
                self.instance(instance, module)
            }
            WastDirective::Register { name, module, .. } => self.register(name, module),
            WastDirective::Invoke(invoke) => Ok(self.invoke(&invoke).map(drop)?),
            WastDirective::AssertReturn { exec, results, .. } => {
                values::compare(&results, &self.execute(exec)?)
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                expect_trap(self.execute(exec), message)
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                expect_trap(self.invoke(&call), message)
            }
            WastDirective::AssertException { exec, .. } => expect_exception(self.execute(exec)),
            WastDirective::AssertMalformed { module, message, .. } => {
                expect_malformed(self.load(module), message)
            }
            WastDirective::AssertInvalid { module, message, .. } => {
                expect_invalid(self.load(module), message)
            }
            WastDirective::AssertUnlinkable { module, message, .. } => {
                expect_unlinkable(self.load_and_link(module), message)
            }
            WastDirective::AssertMalformedCustom { .. }
            | WastDirective::AssertInvalidCustom { .. }
            | WastDirective::AssertSuspension { .. }
            | WastDirective::Thread(_)
            | WastDirective::Wait { .. } => Err("not a directive of WebAssembly 3.0".into()),
        }
    }

    fn module(&mut self, module: QuoteWat<'_>) -> Check {
        let name = module.name();
        let made = self.load(module).and_then(|module| self.instantiate(&module));
        self.make_current(name, made)
    }

    fn definition(&mut self, module: QuoteWat<'_>) -> Check {
        let name = module.name();
        self.definition = None;
        let module = self.load(module)?;
        if let Some(name) = name {
            self.definitions.insert(name.name().to_owned(), module.clone());
        }
        self.definition = Some(module);
        Ok(())
    }

    fn instance(&mut self, instance: Option<Id<'_>>, module: Option<Id<'_>>) -> Check {
        let definition = match module {
            Some(name) => self.definitions.get(name.name()),
            None => self.definition.as_ref(),
        };
        let definition = definition.cloned().ok_or_else(|| missing("module definition", module));
        let made = definition.and_then(|module| self.instantiate(&module));
        self.make_current(instance, made)
    }

    /// The instance that the next directives mean, by its name too; or that there is none.
    fn make_current(&mut self, name: Option<Id<'_>>, made: Result<Instance, Failure>) -> Check {
        self.current = made.as_ref().ok().copied();
        if let Some(name) = name {
            self.instances.remove(name.name());
            let named = self.current.map(|instance| (name.name().to_owned(), instance));
            self.instances.extend(named);
        }
        Ok(made.map(drop)?)
    }

    fn register(&mut self, name: &str, module: Option<Id<'_>>) -> Check {
        let instance = self.named(module)?;
        self.linker.instance(&mut self.store, name, instance).map_err(Failure::Misuse)?;
        Ok(())
    }

    fn named(&self, name: Option<Id<'_>>) -> Result<Instance, Failure> {
        let instance = match name {
            Some(name) => self.instances.get(name.name()).copied(),
            None => self.current,
        };
        instance.ok_or_else(|| missing("instance", name))
    }

    fn load(&self, mut module: QuoteWat<'_>) -> Result<Module, Failure> {
        let bytes = module.encode().map_err(Failure::Text)?;
        Module::new(&self.engine, &bytes).map_err(Failure::Load)
    }

    fn load_and_link(&mut self, module: Wat<'_>) -> Result<Instance, Failure> {
        let module = self.load(QuoteWat::Wat(module))?;
        self.instantiate(&module)
    }

    fn instantiate(&mut self, module: &Module) -> Result<Instance, Failure> {
        self.linker.instantiate(&mut self.store, module).map_err(Failure::Instantiate)
    }

    fn execute(&mut self, exec: WastExecute<'_>) -> Result<Vec<Val>, Failure> {
        match exec {
            WastExecute::Invoke(invoke) => self.invoke(&invoke),
            WastExecute::Wat(module) => self.load_and_link(module).map(|_| Vec::new()),
            WastExecute::Get { module, global, .. } => {
                let instance = self.named(module)?;
                let global = instance.get_global(&mut self.store, global);
                let value = global.and_then(|global| global.get(&self.store));
                Ok(vec![value.map_err(Failure::Misuse)?])
            }
        }
    }

    fn invoke(&mut self, invoke: &WastInvoke<'_>) -> Result<Vec<Val>, Failure> {
        let instance = self.named(invoke.module)?;
        let func = instance.get_func(&mut self.store, invoke.name).map_err(Failure::Misuse)?;
        let arguments = values::arguments(&invoke.args).map_err(Failure::Missing)?;
        func.call(&mut self.store, &arguments).map_err(Failure::Call)
    }
}

#[cold]
fn missing(what: &str, name: Option<Id<'_>>) -> Failure {
    Failure::Missing(match name {
        Some(name) => format!("no {what} ${}", name.name()),
        None => format!("no {what}: the last module failed"),
    })
}

fn expect_trap(result: Result<Vec<Val>, Failure>, message: &str) -> Check {
    match result {
        Err(
            Failure::Call(CallError::Trap(trap))
            | Failure::Instantiate(InstantiateError::Call(CallError::Trap(trap))),
        ) => expect_message(&trap, message),
        Err(failure) => Err(format!("expected the trap `{message}`: {failure}")),
        Ok(values) => Err(format!("expected the trap `{message}`, gave {values:?}")),
    }
}

fn expect_exception(result: Result<Vec<Val>, Failure>) -> Check {
    match result {
        Err(
            Failure::Call(CallError::Exception(_))
            | Failure::Instantiate(InstantiateError::Call(CallError::Exception(_))),
        ) => Ok(()),
        Err(failure) => Err(format!("expected an exception: {failure}")),
        Ok(values) => Err(format!("expected an exception, gave {values:?}")),
    }
}

fn expect_malformed(result: Result<Module, Failure>, message: &str) -> Check {
    match result {
        Err(Failure::Load(LoadError::Malformed(error))) => expect_message(&error, message),
        Err(failure) => Err(format!("expected the malformed `{message}`: {failure}")),
        Ok(_) => Err(format!("loads, expected the malformed `{message}`")),
    }
}

fn expect_invalid(result: Result<Module, Failure>, message: &str) -> Check {
    match result {
        Err(Failure::Load(LoadError::Invalid(error))) => expect_message(&error, message),
        Err(failure) => Err(format!("expected the invalid `{message}`: {failure}")),
        Ok(_) => Err(format!("is valid, expected the invalid `{message}`")),
    }
}

fn expect_unlinkable(result: Result<Instance, Failure>, message: &str) -> Check {
    match result {
        Err(Failure::Instantiate(InstantiateError::Unlinkable(error))) => {
            expect_message(&error, message)
        }
        Err(failure) => Err(format!("expected the unlinkable `{message}`: {failure}")),
        Ok(_) => Err(format!("links, expected the unlinkable `{message}`")),
    }
}

/// Ours begin with the suite's words and go on with the numbers.
fn expect_message(error: &dyn fmt::Display, expected: &str) -> Check {
    let message = error.to_string();
    if message.starts_with(expected) {
        return Ok(());
    }
    Err(format!("says `{message}`, expected `{expected}`"))
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => f.write_str(what),
            Self::Misuse(error) => error.fmt(f),
            Self::Text(error) => write!(f, "text: {}", error.message()),
            Self::Load(error) => error.fmt(f),
            Self::Instantiate(error) => error.fmt(f),
            Self::Call(error) => error.fmt(f),
        }
    }
}

impl From<Failure> for String {
    fn from(failure: Failure) -> Self {
        failure.to_string()
    }
}
