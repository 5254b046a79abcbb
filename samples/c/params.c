/* Answers with the named parts of its path.
 *
 * clang --target=wasm32 -Os -s -mbulk-memory -nostdlib -Wl,--no-entry -o params.wasm params.c
 */
#include "serverless_wasm.h"

/* As long as a target may be by default. */
static char user[8 * 1024];
static char post[8 * 1024];

SERVERLESS_WASM_EXPORT("handle") void handle(void) {
    response_set_header(TEXT("Content-Type"), TEXT("text/plain; charset=utf-8"));
    int64_t user_size = request_get_param(TEXT("user"), user, sizeof user);
    int64_t post_size = request_get_param(TEXT("post"), post, sizeof post);
    if (user_size < 0 || post_size < 0) {
        response_set_status_line(500, TEXT("Internal Server Error"));
        response_write_body(TEXT("the route has no {user} and {post}\n"));
        return;
    }
    response_set_status_line(200, TEXT("OK"));
    response_write_body(TEXT("user: "));
    response_write_body(user, user_size);
    response_write_body(TEXT("\npost: "));
    response_write_body(post, post_size);
    response_write_body(TEXT("\n"));
}
