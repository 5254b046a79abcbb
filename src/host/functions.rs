//! The table of host functions: a row each. The linker is filled from it, and the document of the
//! ABI is compared with it.

use std::fmt;

use super::{State, abi, abort, env, log, request, response, system, tcp};
use crate::interp::{Caller, Linker, Misuse};

/// A function that a guest may import.
///
/// ```
/// use serverless_wasm::host::FUNCTIONS;
///
/// let read = FUNCTIONS.iter().find(|function| function.name == "tcp_read").expect("a row");
/// assert_eq!(read.to_string(), "tcp_read(fd i32, ptr i32, size i64) -> i64");
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HostFunction {
    /// The module to import it from.
    pub module: &'static str,
    /// Its name.
    pub name: &'static str,
    /// The parameters: their names in messages, and their types as the text format has them.
    pub params: &'static [(&'static str, &'static str)],
    /// The type of the result, when it has one.
    pub result: Option<&'static str>,
    /// Whether the guest may have to wait for the result.
    pub waits: bool,
}

impl fmt::Display for HostFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}(", self.name)?;
        for (index, (name, ty)) in self.params.iter().enumerate() {
            let separator = if index == 0 { "" } else { ", " };
            write!(f, "{separator}{name} {ty}")?;
        }
        f.write_str(")")?;
        self.result.map_or(Ok(()), |result| write!(f, " -> {result}"))
    }
}

/// A row a function, with the type that a guest sees. One that is `now` has its result at once; one
/// that is `wait` may leave the guest waiting: a [`Wait`](super::Wait) in the [`State`].
macro_rules! host_functions {
    ($($kind:ident $module:ident.$name:ident($($argument:ident: $ty:ident),*) -> $result:tt
        = $run:path;)*) => {
        /// Every function that a guest may import.
        pub const FUNCTIONS: &[HostFunction] = &[$(HostFunction {
            module: stringify!($module),
            name: stringify!($name),
            params: &[$((stringify!($argument), stringify!($ty))),*],
            result: host_functions!(@result $result),
            waits: host_functions!(@waits $kind),
        }),*];

        /// Defines everything that a guest may import: [`FUNCTIONS`], and `env.memory`, a memory of
        /// whatever type the import asks for.
        ///
        /// # Errors
        /// When the linker defines one of the names already.
        pub fn link(linker: &mut Linker<State>) -> Result<(), Misuse> {
            $(host_functions!(
                @$kind linker, $module.$name($($argument: $ty),*) -> $result = $run
            );)*
            linker.memory_on_demand("env", "memory")?;
            Ok(())
        }
    };
    (@result ()) => { None };
    (@result $result:ident) => { Some(stringify!($result)) };
    (@waits now) => { false };
    (@waits wait) => { true };
    (@now $linker:ident, $module:ident.$name:ident($($argument:ident: $ty:ident),*)
        -> $result:tt = $run:path) => {
        let run = |mut caller: Caller<'_, State>, $($argument: $ty),*| {
            let function = concat!(stringify!($module), ".", stringify!($name));
            abi::enter::<$result>(function, &mut caller, |call| $run(call, $($argument),*))
        };
        $linker.func_wrap(stringify!($module), stringify!($name), run)?;
    };
    (@wait $linker:ident, $module:ident.$name:ident($($argument:ident: $ty:ident),*)
        -> $result:tt = $run:path) => {
        let run = |mut caller: Caller<'_, State>, ($($argument,)*): ($($ty,)*)| {
            let function = concat!(stringify!($module), ".", stringify!($name));
            abi::enter(function, &mut caller, |call| $run(call, $($argument),*))
        };
        $linker.func_wait::<_, $result>(stringify!($module), stringify!($name), run)?;
    };
}

host_functions! {
    now env.log(ptr: i32, size: i64) -> ()
        = log::log;
    now env.response_set_status_line(status: i32, ptr: i32, size: i64) -> ()
        = response::set_status_line;
    now env.response_set_header(
        name_ptr: i32, name_size: i64, value_ptr: i32, value_size: i64
    ) -> ()
        = response::set_header;
    now env.response_set_body(ptr: i32, size: i64) -> ()
        = response::set_body;
    now env.response_write_body(ptr: i32, size: i64) -> ()
        = response::write_body;
    now env.request_get_method(ptr: i32, size: i64) -> i64
        = request::get_method;
    now env.request_get_path(ptr: i32, size: i64) -> i64
        = request::get_path;
    now env.request_get_query(ptr: i32, size: i64) -> i64
        = request::get_query;
    now env.request_get_header(name_ptr: i32, name_size: i64, ptr: i32, size: i64) -> i64
        = request::get_header;
    now env.request_get_header_names(ptr: i32, size: i64) -> i64
        = request::get_header_names;
    now env.request_get_param(name_ptr: i32, name_size: i64, ptr: i32, size: i64) -> i64
        = request::get_param;
    now env.request_get_peer(ptr: i32, size: i64) -> i64
        = request::get_peer;
    wait env.request_get_body_size() -> i64
        = request::get_body_size;
    wait env.request_read_body(ptr: i32, size: i64) -> i64
        = request::read_body;
    wait env.tcp_connect(ptr: i32, size: i64) -> i32
        = tcp::connect;
    wait env.tcp_read(fd: i32, ptr: i32, size: i64) -> i64
        = tcp::read;
    wait env.tcp_write(fd: i32, ptr: i32, size: i64) -> i64
        = tcp::write;
    now env.tcp_close(fd: i32) -> i32
        = tcp::close;
    now env.db_get(key_ptr: i32, key_size: i64, value_ptr: i32, value_size: i64) -> i64
        = env::db_get;
    now env.clock_time_get() -> i64
        = system::clock_time_get;
    now env.random_get(ptr: i32, size: i64) -> ()
        = system::random_get;
    now env.abort(message: i32, file: i32, line: i32, column: i32) -> ()
        = abort::abort;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interp::Engine;

    #[test]
    fn rows_are_what_the_linker_defines() {
        let mut linker = Linker::new(&Engine::default());
        link(&mut linker).unwrap();
        for row in FUNCTIONS {
            let params: Vec<_> = row.params.iter().map(|(_, ty)| *ty).collect();
            let result = row.result.unwrap_or("");
            let found = linker.func_type(row.module, row.name).unwrap();
            assert_eq!(found.to_string(), format!("[{}] -> [{result}]", params.join(" ")), "{row}");
        }
    }
}
