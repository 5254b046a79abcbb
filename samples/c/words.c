/* Counts the lines, words and bytes of a posted text.
 *
 * clang --target=wasm32 -Os -s -mbulk-memory -nostdlib -Wl,--no-entry -o words.wasm words.c
 */
#include <stdbool.h>

#include "serverless_wasm.h"

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f';
}

static void write_number(uint64_t number) {
    char digits[20]; /* 2^64 has no more. */
    int start = sizeof digits;
    do {
        digits[--start] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    response_write_body(digits + start, sizeof digits - start);
}

SERVERLESS_WASM_EXPORT("handle") void handle(void) {
    uint64_t lines = 0, words = 0, bytes = 0;
    bool in_word = false;
    char chunk[4096];
    int64_t size;
    while ((size = request_read_body(chunk, sizeof chunk)) > 0) {
        bytes += size;
        for (int64_t i = 0; i < size; i++) {
            lines += chunk[i] == '\n';
            words += !is_space(chunk[i]) && !in_word;
            in_word = !is_space(chunk[i]);
        }
    }
    response_set_status_line(200, TEXT("OK"));
    response_set_header(TEXT("Content-Type"), TEXT("text/plain; charset=utf-8"));
    write_number(lines);
    response_write_body(TEXT(" lines, "));
    write_number(words);
    response_write_body(TEXT(" words, "));
    write_number(bytes);
    response_write_body(TEXT(" bytes\n"));
}
