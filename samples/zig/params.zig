//! Answers with the named parts of its path.
//!
//! zig build-exe -target wasm32-freestanding -fno-entry -rdynamic -O ReleaseSmall params.zig

const wasm = @import("serverless_wasm.zig");

// As long as a target may be by default.
var buffers: [2][8 * 1024]u8 = undefined;

export fn handle() void {
    wasm.response.header("Content-Type", "text/plain; charset=utf-8");
    const user = wasm.request.param("user", &buffers[0]) orelse return fail();
    const post = wasm.request.param("post", &buffers[1]) orelse return fail();
    wasm.response.status(200, "OK");
    for ([_][]const u8{ "user: ", user, "\npost: ", post, "\n" }) |part| wasm.response.write(part);
}

fn fail() void {
    wasm.response.status(500, "Internal Server Error");
    wasm.response.body("the route has no {user} and {post}\n");
}
