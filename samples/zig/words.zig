//! Counts the lines, words and bytes of a posted text.
//!
//! zig build-exe -target wasm32-freestanding -fno-entry -rdynamic -O ReleaseSmall words.zig

const std = @import("std");
const wasm = @import("serverless_wasm.zig");

export fn handle() void {
    var lines: u64 = 0;
    var words: u64 = 0;
    var bytes: u64 = 0;
    var in_word = false;
    var buffer: [4096]u8 = undefined;
    while (wasm.request.readBody(&buffer)) |chunk| {
        bytes += chunk.len;
        for (chunk) |byte| {
            const is_space = std.mem.indexOfScalar(u8, " \t\n\r\x0c", byte) != null;
            if (byte == '\n') lines += 1;
            if (!is_space and !in_word) words += 1;
            in_word = !is_space;
        }
    }
    // Three numbers of at most twenty digits fit.
    const answer = std.fmt.bufPrint(&buffer, "{} lines, {} words, {} bytes\n", .{ lines, words, bytes });
    wasm.response.status(200, "OK");
    wasm.response.header("Content-Type", "text/plain; charset=utf-8");
    wasm.response.body(answer catch unreachable);
}
