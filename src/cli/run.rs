//! `run`: calls one function of a module and prints its results.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::config::{RequestLimits, parse_duration, parse_size};
use crate::host::{self, Environment, HostLimits, LinkProblem, Request, State};
use crate::interp::{
    Backend, CallError, Config, Engine, ExternType, InstantiateError, Linker, Module, Slice, Store,
    StoreLimits, Trace, TrapKind,
};
use crate::symbols;
use crate::wasm::{FuncType, Val};

use super::stats::Stats;
use super::{Failure, features, log, module, tell, values};

/// Call a function of a module and print its results
///
/// Results are printed one a line, as the text format writes constants. All that follows MODULE is
/// an argument of the function.
#[derive(Debug, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The exported function to call [default: `_start`]
    #[arg(long, value_name = "FUNCTION")]
    invoke: Option<String>,
    /// How many instructions it may execute
    #[arg(long, value_name = "N")]
    fuel: Option<u64>,
    /// How long it may run, such as `500ms` or `2s`
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    timeout: Option<Duration>,
    /// How much linear memory it may have, such as `16MiB` [default: 64MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_memory: Option<usize>,
    /// How much its garbage-collected objects may take [default: 16MiB]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    max_heap: Option<usize>,
    /// Tell on stderr what the guest does: its calls, or its ops too; slower
    #[arg(long, value_enum, value_name = "WHAT", num_args = 0..=1, require_equals = true)]
    #[arg(default_missing_value = "calls")]
    trace: Option<Told>,
    /// Print on stderr what it took: time, instructions, memory and stack
    ///
    /// All functions are translated before the call, so that translation has a time of its own.
    #[arg(long)]
    stats: bool,
    /// Count what is executed, op by op, and print the table on stderr; slower
    #[arg(long)]
    profile: bool,
    #[command(flatten)]
    features: features::Arguments,
    /// The module, in the binary or the text format, and the function's arguments
    #[arg(required = true, trailing_var_arg = true, num_args = 1..)]
    #[arg(value_names = ["MODULE", "ARGS"])]
    module_and_args: Vec<OsString>,
}

/// What a trace tells.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Told {
    /// Calls and returns with their values, calls of the host included
    Calls,
    /// Each internal op, too, with the instruction that it begins with
    Ops,
}

const EXAMPLES: &str = "\
Examples:
  serverless-wasm run --invoke fac fac.wat 20
  serverless-wasm run --invoke add add.wasm -1 0x10
  serverless-wasm run --timeout 2s --max-memory 16MiB program.wasm
  serverless-wasm run --stats --profile --invoke fib fib.wat 30
  serverless-wasm run --trace=ops --invoke fac fac.wat 2

Exit status: 134 when it traps, its fuel is spent or its time is over.";

fn duration(text: &str) -> Result<Duration, &'static str> {
    parse_duration(text).ok_or("a duration is a whole number with ns, us, ms, s, m or h")
}

fn size(text: &str) -> Result<usize, &'static str> {
    parse_size(text).ok_or("a size is a whole number with B, KiB, MiB or GiB")
}

/// Calls the function and prints its results.
pub(super) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let (path, args) = match arguments.module_and_args.split_first() {
        Some((path, args)) => (Path::new(path), args),
        None => return Err(Failure::Usage("no module given".to_owned())),
    };
    let mut config =
        Config::new().features(arguments.features.features()).profile(arguments.profile);
    if arguments.trace.is_some() {
        config = config.backend(Backend::Stepped);
    }
    let engine = Engine::new(config);
    let mut stats = Stats::default();
    let module = stats.time("load", || module::load(&engine, path)).map_err(Failure::Failed)?;
    if arguments.stats {
        stats.time("translate", || module.translate());
    }
    let (function, ty) = function(&module, path, arguments.invoke.as_deref())?;
    let args = values::parse_all(&ty, args)?;
    log::Arguments::default().begin();
    let mut store = store(&engine, arguments)?;
    let results = call(&mut store, &module, function, &args, &mut stats);
    if let Some(profile) = store.profile() {
        eprint!("{profile}");
    }
    if arguments.stats {
        eprint!("{}", stats.of(&store));
    }
    let mut out = io::stdout().lock();
    for result in results? {
        writeln!(out, "{result}").map_err(|error| Failure::failed(format!("stdout: {error}")))?;
    }
    Ok(())
}

/// The function to call and its type.
fn function<'m>(
    module: &Module,
    path: &Path,
    invoke: Option<&'m str>,
) -> Result<(&'m str, FuncType), Failure> {
    let name = invoke.unwrap_or("_start");
    match module.export(name) {
        Some(ExternType::Func(ty)) => Ok((name, ty)),
        Some(other) => {
            Err(Failure::failed(format!("the export `{name}` is not a function: it is a {other}")))
        }
        None => {
            let file = path.display();
            let choice = match (functions(module), invoke) {
                (names, _) if names.is_empty() => "it exports no function".to_owned(),
                (names, Some(_)) => format!("its functions are {names}"),
                (names, None) => format!("choose one with --invoke: {names}"),
            };
            Err(Failure::failed(format!("no export `{name}` in {file}: {choice}")))
        }
    }
}

/// The names of all exported functions.
fn functions(module: &Module) -> String {
    let functions = module.exports().filter(|(_, ty)| matches!(ty, ExternType::Func(_)));
    functions.map(|(name, _)| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// A store with the limits of the arguments, and whoever looks on.
fn store(engine: &Engine, arguments: &Arguments) -> Result<Store<State>, Failure> {
    let defaults = RequestLimits::default();
    let limits = StoreLimits::default()
        .memory(arguments.max_memory.unwrap_or(defaults.memory) as u64)
        .heap(arguments.max_heap.unwrap_or(defaults.heap) as u64)
        .stack(defaults.stack as u64)
        .table_elements(defaults.table_elements as u64);
    let mut store = Store::with_limits(engine, no_request(&defaults), limits);
    store.set_fuel(arguments.fuel);
    if let Some(deadline) = arguments.timeout.map(|timeout| Instant::now() + timeout) {
        store.on_slice(move |_| match Instant::now() < deadline {
            true => Slice::GoOn,
            false => Slice::Trap(TrapKind::DeadlineExceeded),
        });
    }
    if let Some(told) = arguments.trace {
        let what = match told {
            Told::Calls => Trace::Calls,
            Told::Ops => Trace::Ops,
        };
        store.trace(what, tell).map_err(Failure::failed)?;
    }
    Ok(store)
}

fn call(
    store: &mut Store<State>,
    module: &Module,
    function: &str,
    args: &[Val],
    stats: &mut Stats,
) -> Result<Vec<Val>, Failure> {
    let mut linker = Linker::new(store.engine());
    host::link(&mut linker).map_err(Failure::failed)?;
    let instance = stats
        .time("instantiate", || linker.instantiate(&mut *store, module))
        .map_err(|error| not_instantiated(module, error))?;
    let func = instance.get_func(&mut *store, function).map_err(Failure::failed)?;
    stats.time("run", || func.call(store, args)).map_err(|error| ended(module, error))
}

/// What the host functions find when there is no request: nothing, and they may reach nobody.
fn no_request(limits: &RequestLimits) -> State {
    let request = Request::default();
    let limits = HostLimits {
        response_size: limits.response_size,
        log_size: limits.log_size,
        connections: 0,
    };
    State::new(request, Arc::new(Environment::default()), limits)
}

fn not_instantiated(module: &Module, error: InstantiateError) -> Failure {
    match error {
        InstantiateError::Call(error) => ended(module, error),
        InstantiateError::Unlinkable(import) => {
            let problems = host::link_problems(&[import]).into_iter();
            let lines = problems
                .map(|LinkProblem { message, remedy }| format!("{message}\n  help: {remedy}"));
            Failure::Failed(lines.collect())
        }
        other @ (InstantiateError::Limit(_) | InstantiateError::Memory(_)) => {
            Failure::failed(other)
        }
    }
}

fn ended(module: &Module, error: CallError) -> Failure {
    let report = |backtrace| symbols::report(module.wasm(), backtrace);
    match &error {
        CallError::Trap(trap) => Failure::Trapped(format!("{trap}\n{}", report(trap.backtrace()))),
        CallError::Exception(exception) => {
            Failure::Threw(format!("{exception}\n{}", report(exception.backtrace())))
        }
        CallError::Host(_) | CallError::Misuse(_) => Failure::failed(error),
    }
}
