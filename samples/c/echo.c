/* Answers with what it was asked: method, path, query, headers and body.
 *
 * clang --target=wasm32 -Os -s -mbulk-memory -nostdlib -Wl,--no-entry -o echo.wasm echo.c
 */
#include "serverless_wasm.h"

/* As large as all headers together may be by default; what is longer is cut. */
static char value[64 * 1024];
static char names[64 * 1024];

static int64_t cut(int64_t size, int64_t room) { return size < room ? size : room; }

/* Writes what has just been fetched into `value`. */
static void write_value(int64_t size) { response_write_body(value, cut(size, sizeof value)); }

static void write_headers(void) {
    int64_t size = cut(request_get_header_names(names, sizeof names), sizeof names);
    for (int64_t start = 0, end = 0; end < size; start = end + 1) {
        for (end = start; end < size && names[end] != '\n';) end++;
        response_write_body(names + start, end - start);
        response_write_body(TEXT(": "));
        write_value(request_get_header(names + start, end - start, value, sizeof value));
        response_write_body(TEXT("\n"));
    }
}

SERVERLESS_WASM_EXPORT("handle") void handle(void) {
    response_set_status_line(200, TEXT("OK"));
    response_set_header(TEXT("Content-Type"), TEXT("text/plain; charset=utf-8"));
    write_value(request_get_method(value, sizeof value));
    response_write_body(TEXT(" "));
    write_value(request_get_path(value, sizeof value));
    response_write_body(TEXT("\n"));
    int64_t size = request_get_query(value, sizeof value);
    if (size >= 0) {
        response_write_body(TEXT("query: "));
        write_value(size);
        response_write_body(TEXT("\n"));
    }
    write_headers();
    response_write_body(TEXT("\n"));
    while ((size = request_read_body(value, sizeof value)) > 0) response_write_body(value, size);
}
