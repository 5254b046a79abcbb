//! The imports, each behind a safe function of the same name. `testing` has the same functions for
//! targets that have no such host.

#![allow(unsafe_code)] // The imports take addresses.

/// Addresses are i32, sizes and counts i64: what a slice's parts become on this target.
mod imports {
    #[link(wasm_import_module = "env")]
    extern "C" {
        pub(super) fn log(ptr: *const u8, size: i64);
        pub(super) fn response_set_status_line(status: i32, ptr: *const u8, size: i64);
        pub(super) fn response_set_header(
            name_ptr: *const u8,
            name_size: i64,
            value_ptr: *const u8,
            value_size: i64,
        );
        pub(super) fn response_set_body(ptr: *const u8, size: i64);
        pub(super) fn response_write_body(ptr: *const u8, size: i64);
        pub(super) fn tcp_connect(ptr: *const u8, size: i64) -> i32;
        pub(super) fn tcp_read(fd: i32, ptr: *mut u8, size: i64) -> i64;
        pub(super) fn tcp_write(fd: i32, ptr: *const u8, size: i64) -> i64;
        pub(super) fn tcp_close(fd: i32) -> i32;
        pub(super) fn db_get(
            key_ptr: *const u8,
            key_size: i64,
            value_ptr: *mut u8,
            value_size: i64,
        ) -> i64;
        pub(super) fn request_get_method(ptr: *mut u8, size: i64) -> i64;
        pub(super) fn request_get_path(ptr: *mut u8, size: i64) -> i64;
        pub(super) fn request_get_query(ptr: *mut u8, size: i64) -> i64;
        pub(super) fn request_get_header(
            name_ptr: *const u8,
            name_size: i64,
            ptr: *mut u8,
            size: i64,
        ) -> i64;
        pub(super) fn request_get_header_names(ptr: *mut u8, size: i64) -> i64;
        pub(super) fn request_get_param(
            name_ptr: *const u8,
            name_size: i64,
            ptr: *mut u8,
            size: i64,
        ) -> i64;
        pub(super) fn request_get_peer(ptr: *mut u8, size: i64) -> i64;
        pub(super) fn request_get_body_size() -> i64;
        pub(super) fn request_read_body(ptr: *mut u8, size: i64) -> i64;
        pub(super) fn clock_time_get() -> i64;
        pub(super) fn random_get(ptr: *mut u8, size: i64);
    }
}

/// A row an import: the slices become an address and a size, everything else goes as it is.
macro_rules! imports {
    ($(fn $name:ident($($plain:ident: $ty:ty,)? $([in $input:ident])* $([out $output:ident])?)
        $(-> $result:ty)?;)*) => {
        $(pub(crate) fn $name(
            $($plain: $ty,)? $($input: &[u8],)* $($output: &mut [u8])?
        ) $(-> $result)? {
            // SAFETY: the host reads and writes within the slices, which are valid for the call.
            unsafe {
                imports::$name(
                    $($plain,)?
                    $($input.as_ptr(), $input.len() as i64,)*
                    $($output.as_mut_ptr(), $output.len() as i64)?
                )
            }
        })*
    };
}

imports! {
    fn log([in line]);
    fn response_set_status_line(status: i32, [in reason]);
    fn response_set_header([in name] [in value]);
    fn response_set_body([in body]);
    fn response_write_body([in bytes]);
    fn tcp_connect([in address]) -> i32;
    fn tcp_read(fd: i32, [out into]) -> i64;
    fn tcp_write(fd: i32, [in bytes]) -> i64;
    fn tcp_close(fd: i32,) -> i32;
    fn db_get([in key] [out into]) -> i64;
    fn request_get_method([out into]) -> i64;
    fn request_get_path([out into]) -> i64;
    fn request_get_query([out into]) -> i64;
    fn request_get_header([in name] [out into]) -> i64;
    fn request_get_header_names([out into]) -> i64;
    fn request_get_param([in name] [out into]) -> i64;
    fn request_get_peer([out into]) -> i64;
    fn request_get_body_size() -> i64;
    fn request_read_body([out into]) -> i64;
    fn clock_time_get() -> i64;
    fn random_get([out into]);
}
