/* Asks a server whose address it finds in the environment table, and answers with what came back.
 *
 * clang --target=wasm32 -Os -s -mbulk-memory -nostdlib -Wl,--no-entry -o backend.wasm backend.c
 */
#include "serverless_wasm.h"

/* 502 with a message, which the log gets too. */
static void fail(const char *message, int64_t size) {
    log_line(message, size - 1); /* A line of the log needs no line feed. */
    response_set_status_line(502, TEXT("Bad Gateway"));
    response_set_body(message, size);
}

/* Sends a line, and adds all that comes until the end of the stream to the body. */
static void ask(int32_t fd) {
    char chunk[4096];
    int64_t size = tcp_write(fd, TEXT("hello from the guest\n"));
    response_set_status_line(200, TEXT("OK"));
    response_set_body(TEXT("answer from the backend:\n"));
    while (size > 0) {
        size = tcp_read(fd, chunk, sizeof chunk);
        if (size > 0) response_write_body(chunk, size);
    }
    if (size < 0) fail(TEXT("the backend took or gave nothing\n"));
}

SERVERLESS_WASM_EXPORT("handle") void handle(void) {
    char address[256];
    response_set_header(TEXT("Content-Type"), TEXT("text/plain; charset=utf-8"));
    int64_t size = db_get(TEXT("/env/backend"), address, sizeof address);
    if (size < 0 || size > (int64_t)sizeof address) {
        fail(TEXT("the environment has no address at /env/backend\n"));
        return;
    }
    int32_t fd = tcp_connect(address, size);
    if (fd < 0) {
        fail(TEXT("could not connect to the backend\n"));
        return;
    }
    ask(fd);
    tcp_close(fd);
}
