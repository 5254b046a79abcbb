//! Answers with what it was asked: method, path, query, headers and body.
//!
//! zig build-exe -target wasm32-freestanding -fno-entry -rdynamic -O ReleaseSmall echo.zig

const std = @import("std");
const wasm = @import("serverless_wasm.zig");

// As large as all headers together may be by default; what is longer is cut.
var value: [64 * 1024]u8 = undefined;
var names: [64 * 1024]u8 = undefined;

export fn handle() void {
    const write = wasm.response.write;
    wasm.response.status(200, "OK");
    wasm.response.header("Content-Type", "text/plain; charset=utf-8");
    write(wasm.request.method(&value));
    write(" ");
    write(wasm.request.path(&value));
    write("\n");
    if (wasm.request.query(&value)) |query| {
        write("query: ");
        write(query);
        write("\n");
    }
    var each = std.mem.tokenizeScalar(u8, wasm.request.headerNames(&names), '\n');
    while (each.next()) |name| {
        write(name);
        write(": ");
        write(wasm.request.header(name, &value) orelse "");
        write("\n");
    }
    write("\n");
    while (wasm.request.readBody(&value)) |chunk| write(chunk);
}
