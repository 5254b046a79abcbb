//! Asks a server whose address it finds in the environment table, and answers with what came back.
//!
//! zig build-exe -target wasm32-freestanding -fno-entry -rdynamic -O ReleaseSmall backend.zig

const wasm = @import("serverless_wasm.zig");

export fn handle() void {
    wasm.response.header("Content-Type", "text/plain; charset=utf-8");
    var buffer: [256]u8 = undefined;
    const address = wasm.env("/env/backend", &buffer) orelse
        return fail("the environment has no address at /env/backend\n");
    const backend = wasm.Stream.connect(address) catch
        return fail("could not connect to the backend\n");
    defer backend.close();
    ask(backend) catch return fail("the backend took or gave nothing\n");
}

/// Sends a line, and adds all that comes until the end of the stream to the body.
fn ask(backend: wasm.Stream) wasm.TcpError!void {
    try backend.writeAll("hello from the guest\n");
    wasm.response.status(200, "OK");
    wasm.response.body("answer from the backend:\n");
    var buffer: [4096]u8 = undefined;
    while (try backend.read(&buffer)) |chunk| wasm.response.write(chunk);
}

/// 502 with a message, which the log gets too.
fn fail(message: []const u8) void {
    wasm.log(message[0 .. message.len - 1]); // A line of the log needs no line feed.
    wasm.response.status(502, "Bad Gateway");
    wasm.response.body(message);
}
