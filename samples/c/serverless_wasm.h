/* What the server offers to a guest, for C and C++ by clang. No library is needed.
 *
 * Addresses are 32 bits, sizes are 64. The functions named ..._get_..., and db_get, give the whole
 * length of a value, or -1 when there is none, and copy at most `size` bytes of it. Negative
 * results of tcp_... are the TCP_... errors below. A bad address, size, status or header ends the
 * guest: the client gets a 500, and the server's log says which argument it was.
 */
#ifndef SERVERLESS_WASM_H
#define SERVERLESS_WASM_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Before a function `void f(void)`: exports it, so that `function = "name"` finds it. The server
 * calls `handle` when its configuration names no other. */
#define SERVERLESS_WASM_EXPORT(name) __attribute__((export_name(name)))
#define SERVERLESS_WASM_IMPORT(name) __attribute__((import_module("env"), import_name(name)))

/* A literal, as the two arguments `ptr, size`. */
#define TEXT(literal) ("" literal), ((int64_t)(sizeof(literal) - 1))

/* One line of the server's log. (The import is `log`, a name that C has given away.) */
SERVERLESS_WASM_IMPORT("log") void log_line(const void *ptr, int64_t size);

/* The request. */
SERVERLESS_WASM_IMPORT("request_get_method") int64_t request_get_method(void *ptr, int64_t size);
/* The path as it was sent, without the query. */
SERVERLESS_WASM_IMPORT("request_get_path") int64_t request_get_path(void *ptr, int64_t size);
/* What stands behind `?`. */
SERVERLESS_WASM_IMPORT("request_get_query") int64_t request_get_query(void *ptr, int64_t size);
/* A name in any case; the values of several lines are joined with `, `. */
SERVERLESS_WASM_IMPORT("request_get_header")
int64_t request_get_header(const void *name_ptr, int64_t name_size, void *ptr, int64_t size);
/* The names in order, separated by line feeds. */
SERVERLESS_WASM_IMPORT("request_get_header_names")
int64_t request_get_header_names(void *ptr, int64_t size);
/* What stands at a named part of the route's `url_path`, percent-decoded. */
SERVERLESS_WASM_IMPORT("request_get_param")
int64_t request_get_param(const void *name_ptr, int64_t name_size, void *ptr, int64_t size);
/* The client's `ip:port`. */
SERVERLESS_WASM_IMPORT("request_get_peer") int64_t request_get_peer(void *ptr, int64_t size);
/* The body's length; waits for the end of a chunked one. */
SERVERLESS_WASM_IMPORT("request_get_body_size") int64_t request_get_body_size(void);
/* The next bytes of the body; 0 at its end. */
SERVERLESS_WASM_IMPORT("request_read_body") int64_t request_read_body(void *ptr, int64_t size);

/* The response. */
SERVERLESS_WASM_IMPORT("response_set_status_line")
void response_set_status_line(int32_t status, const void *reason_ptr, int64_t reason_size);
/* Adds a header; one with the same name stays. */
SERVERLESS_WASM_IMPORT("response_set_header")
void response_set_header(const void *name_ptr, int64_t name_size, const void *value_ptr,
                         int64_t value_size);
/* Replaces the body. */
SERVERLESS_WASM_IMPORT("response_set_body") void response_set_body(const void *ptr, int64_t size);
/* Appends to the body. */
SERVERLESS_WASM_IMPORT("response_write_body")
void response_write_body(const void *ptr, int64_t size);

/* The application's table `env`. */
SERVERLESS_WASM_IMPORT("db_get")
int64_t db_get(const void *key_ptr, int64_t key_size, void *value_ptr, int64_t value_size);

/* TCP, to the addresses that the configuration permits. */
enum {
    TCP_FAILED = -1,
    TCP_TOO_MANY = -2,
    TCP_NOT_PERMITTED = -3,
    TCP_TIMED_OUT = -4,
    TCP_BAD_DESCRIPTOR = -5,
    TCP_BAD_ADDRESS = -6
};

/* `host:port` to a descriptor. */
SERVERLESS_WASM_IMPORT("tcp_connect") int32_t tcp_connect(const void *ptr, int64_t size);
/* The bytes that came; 0 at the end of the stream. */
SERVERLESS_WASM_IMPORT("tcp_read") int64_t tcp_read(int32_t fd, void *ptr, int64_t size);
/* The bytes that were written: all of them, unless the peer closed. */
SERVERLESS_WASM_IMPORT("tcp_write") int64_t tcp_write(int32_t fd, const void *ptr, int64_t size);
SERVERLESS_WASM_IMPORT("tcp_close") int32_t tcp_close(int32_t fd);

/* Nanoseconds since the Unix epoch. */
SERVERLESS_WASM_IMPORT("clock_time_get") int64_t clock_time_get(void);
/* Fills with cryptographically secure bytes. */
SERVERLESS_WASM_IMPORT("random_get") void random_get(void *ptr, int64_t size);

#ifdef __cplusplus
}
#endif

#endif
