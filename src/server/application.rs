//! An application: a module's function that answers requests, each in a fresh instance with a store
//! of its own.

use std::sync::Arc;
use std::time::Duration;

use crate::config::RequestLimits;
use crate::host::{self, Environment, HostLimits, State};
use crate::interp::{CallError, InstancePre, InstantiateError, Store, StoreLimits, TrapKind};
use crate::symbols;

use super::driver::Driver;
use super::http::{Response, Target};
use super::site::{Answer, Exchange, Handler};

/// What a request of an application needs, made once.
#[derive(Debug)]
pub(super) struct Application {
    /// What the log calls it.
    pub(super) name: String,
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

    fn time(&self) -> Duration {
        self.limits.time
    }

    fn answer(&self, exchange: &Exchange<'_>) -> Answer {
        let state =
            State::new(request(exchange), Arc::clone(&self.environment), self.host_limits());
        let engine = self.instance.module().engine();
        let mut store = Store::with_limits(engine, state, store_limits(&self.limits));
        store.set_fuel(self.limits.fuel.map(|fuel| fuel as u64));
        let ended = self.run(&mut store, exchange);
        let fuel = Some(store.consumed());
        let response = match ended {
            Ok(()) => match store.into_data().into_response() {
                Some(response) => converted(response),
                None => self.failed("the guest ended without a response", 500),
            },
            Err(error) => self.failed(&self.story(&error), status_of(&error)),
        };
        Answer { response, fuel }
    }
}

impl Application {
    /// Makes an instance and calls the function in it.
    fn run(
        &self,
        store: &mut Store<State>,
        exchange: &Exchange<'_>,
    ) -> Result<(), InstantiateError> {
        let driver = Driver {
            deadline: exchange.deadline,
            tcp_timeout: self.limits.tcp_timeout,
            stop: exchange.stop.clone(),
        };
        driver.watch(store);
        let start = self.instance.start(store)?;
        driver.run(store, start)?;
        let instance = start.instance().expect("it is an activation of `InstancePre::start`");
        let call = instance.get_func(&mut *store, &self.function)?.start(&mut *store, &[])?;
        driver.run(store, call)?;
        Ok(())
    }

    /// The answer of a guest that failed; the log gets the whole story.
    fn failed(&self, story: &str, status: u16) -> Response {
        tracing::error!(function = self.function, "{story}");
        match self.reports {
            Reports::Log => Response::plain(status),
            Reports::Client => Response::with_text(status, story),
        }
    }

    /// What happened and where.
    fn story(&self, error: &InstantiateError) -> String {
        let backtrace = match error {
            InstantiateError::Call(CallError::Exception(exception)) => Some(exception.backtrace()),
            InstantiateError::Call(_)
            | InstantiateError::Unlinkable(_)
            | InstantiateError::Limit(_)
            | InstantiateError::Memory(_) => trap_of(error).map(crate::interp::Trap::backtrace),
        };
        match backtrace {
            Some(backtrace) => {
                let report = symbols::report(self.instance.module().wasm(), backtrace);
                format!("{error}\n{report}").trim_end().to_owned()
            }
            None => error.to_string(),
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
        body: Vec::new(),
    }
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
