//! An application: a module's function that answers requests, each in a fresh instance with a store
//! of its own.

use std::sync::Arc;
use std::time::Duration;

use crate::config::RequestLimits;
use crate::host::{self, Environment, HostLimits, State};
use crate::interp::{
    CallError, InstancePre, InstantiateError, Store, StoreLimits, Trace, TrapKind,
};
use crate::symbols;

use super::driver::{Clock, Driver, End};
use super::http::{RequestId, Response, Target};
use super::log;
use super::site::{Answer, BodyError, Exchange, Handler};

/// What a request of an application needs, made once.
#[derive(Debug)]
pub(super) struct Application {
    /// What the log calls it.
    pub(super) name: String,
    /// What the log calls its route: method and path of the configuration.
    pub(super) route: String,
    /// The exported function.
    pub(super) function: String,
    /// The module with its imports resolved.
    pub(super) instance: InstancePre<State>,
    /// What `db_get` finds, and where it may connect to.
    pub(super) environment: Arc<Environment>,
    /// What one request may use.
    pub(super) limits: RequestLimits,
    /// Who reads why a guest failed.
    pub(super) reports: Reports,
}

/// Who reads why a guest failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reports {
    /// Only the log.
    Log,
    /// The client too: `debug = true`.
    Client,
}

impl Handler for Application {
    fn name(&self) -> &str {
        &self.name
    }

    fn route(&self) -> &str {
        &self.route
    }

    fn time(&self) -> Duration {
        self.limits.time
    }

    fn answer(&self, exchange: Exchange<'_>) -> Answer {
        let id = exchange.id;
        let state =
            State::new(request(&exchange), Arc::clone(&self.environment), self.host_limits());
        let engine = self.instance.module().engine();
        let mut store = Store::with_limits(engine, state, store_limits(&self.limits));
        store.set_fuel(self.limits.fuel.map(|fuel| fuel as u64));
        if let Some(watcher) = exchange.watcher.cloned() {
            let told = store.trace(Trace::Calls, move |line| watcher.tell(line));
            if let Err(misuse) = told {
                tracing::warn!("nobody is told of calls: {misuse}");
            }
        }
        let mut driver = Driver {
            clock: Clock { deadline: exchange.deadline, stop: exchange.stop.clone() },
            tcp_timeout: self.limits.tcp_timeout,
            body: exchange.body,
        };
        let ended = self.run(&mut store, &mut driver);
        let (fuel, memory) = (Some(store.consumed()), Some(store.memory_size()));
        let response = match ended {
            Ok(()) => store.into_data().into_response().map(converted).ok_or(Failure {
                status: 500,
                reason: "the guest ended without a response".to_owned(),
                places: String::new(),
            }),
            Err(End::Guest(error)) => Err(self.failure(&error)),
            Err(End::Body(error)) => return Answer { fuel, memory, ..without_body(error) },
        };
        match response {
            Ok(response) => Answer { fuel, memory, ..response.into() },
            Err(failure) => Answer { fuel, memory, ..self.failed(failure, id) },
        }
    }
}

/// Why a guest failed.
#[derive(Debug)]
struct Failure {
    /// The answer's status.
    status: u16,
    /// What happened, in a line.
    reason: String,
    /// Where, a line a frame.
    places: String,
}

impl Application {
    /// Makes an instance and calls the function in it.
    fn run(&self, store: &mut Store<State>, driver: &mut Driver<'_>) -> Result<(), End> {
        driver.watch(store);
        let start = self.instance.start(store)?;
        driver.run(store, start)?;
        let instance = start.instance().expect("it is an activation of `InstancePre::start`");
        let call = instance.get_func(&mut *store, &self.function)?.start(&mut *store, &[])?;
        driver.run(store, call)?;
        Ok(())
    }

    /// The answer of a guest that failed; the log gets the whole story.
    fn failed(&self, failure: Failure, id: u64) -> Answer {
        let Failure { status, reason, places } = failure;
        let story = format!("{reason}\n{places}");
        let story = story.trim_end();
        tracing::error!(function = self.function, "{story}");
        let response = match (self.reports, status) {
            (Reports::Client, _) => {
                Response::with_text(status, &format!("{story}\nrequest id {}", RequestId(id)))
            }
            (Reports::Log, 500) => log::internal_error(id),
            (Reports::Log, _) => Response::plain(status),
        };
        Answer { failure: Some(reason), ..response.into() }
    }

    /// What happened and where.
    fn failure(&self, error: &InstantiateError) -> Failure {
        let backtrace = match error {
            InstantiateError::Call(CallError::Exception(exception)) => Some(exception.backtrace()),
            InstantiateError::Call(_)
            | InstantiateError::Unlinkable(_)
            | InstantiateError::Limit(_)
            | InstantiateError::Memory(_) => trap_of(error).map(crate::interp::Trap::backtrace),
        };
        let module = self.instance.module().wasm();
        let places = backtrace.map(|backtrace| symbols::report(module, backtrace));
        Failure {
            status: status_of(error),
            reason: error.to_string(),
            places: places.unwrap_or_default(),
        }
    }

    fn host_limits(&self) -> HostLimits {
        HostLimits {
            response_size: self.limits.response_size,
            log_size: self.limits.log_size,
            connections: self.limits.connections,
        }
    }
}

/// What `limits` says about a store.
pub(super) fn store_limits(limits: &RequestLimits) -> StoreLimits {
    StoreLimits::default()
        .memory(limits.memory as u64)
        .heap(limits.heap as u64)
        .table_elements(limits.table_elements as u64)
        .stack(limits.stack as u64)
}

/// The request as the host's functions know it.
fn request(exchange: &Exchange<'_>) -> host::Request {
    let (path, query) = match exchange.request.target() {
        Target::Path(path, query) => (path, query),
        Target::Server => ("*", None),
    };
    let name = |name| String::from_utf8_lossy(name).into_owned();
    let headers = exchange.request.headers().iter();
    host::Request {
        id: exchange.id,
        method: exchange.request.method().to_owned(),
        path: path.to_owned(),
        query: query.map(str::to_owned),
        headers: headers.map(|(key, value)| (name(key), value.to_vec())).collect(),
        peer: Some(exchange.peer),
        params: exchange.params.to_vec(),
    }
}

/// The answer to a client whose body is none, or does not come: that is nobody's failure here.
fn without_body(error: BodyError) -> Answer {
    let reason = error.to_string();
    let response = match error {
        BodyError::Refused(refusal) => Response::with_text(refusal.status(), &reason),
        BodyError::Late | BodyError::Deadline | BodyError::Gone => Response::plain(error.status()),
    };
    Answer { failure: Some(reason), ..response.into() }
}

fn converted(response: host::Response) -> Response {
    let headers = response.headers.into_iter();
    Response {
        status: response.status,
        reason: response.reason,
        headers: headers
            .map(|header| (String::from(header.name).into_bytes(), header.value.into_vec()))
            .collect(),
        body: response.body,
    }
}

/// A passed `time` is 504, everything else 500.
fn status_of(error: &InstantiateError) -> u16 {
    match trap_of(error).map(crate::interp::Trap::kind) {
        Some(TrapKind::DeadlineExceeded) => 504,
        Some(_) | None => 500,
    }
}

fn trap_of(error: &InstantiateError) -> Option<&crate::interp::Trap> {
    match error {
        InstantiateError::Call(CallError::Trap(trap)) => Some(trap),
        InstantiateError::Call(_) | InstantiateError::Unlinkable(_) => None,
        InstantiateError::Limit(_) | InstantiateError::Memory(_) => None,
    }
}
