//! What the server offers to a guest: the imports, and on top of them functions that take slices.
//! A bad address, size, status or header ends the guest: the client gets a 500, and the server's
//! log says which argument it was.

/// The imports as they are: addresses are 32 bits, sizes 64. The `get` functions give the whole
/// length of a value, or -1 when there is none, and copy at most `size` bytes of it.
pub const host = struct {
    pub extern "env" fn log(ptr: [*]const u8, size: i64) void;
    pub extern "env" fn request_get_method(ptr: [*]u8, size: i64) i64;
    pub extern "env" fn request_get_path(ptr: [*]u8, size: i64) i64;
    pub extern "env" fn request_get_query(ptr: [*]u8, size: i64) i64;
    pub extern "env" fn request_get_header(name_ptr: [*]const u8, name_size: i64, ptr: [*]u8, size: i64) i64;
    pub extern "env" fn request_get_header_names(ptr: [*]u8, size: i64) i64;
    pub extern "env" fn request_get_param(name_ptr: [*]const u8, name_size: i64, ptr: [*]u8, size: i64) i64;
    pub extern "env" fn request_get_peer(ptr: [*]u8, size: i64) i64;
    pub extern "env" fn request_get_body_size() i64;
    pub extern "env" fn request_read_body(ptr: [*]u8, size: i64) i64;
    pub extern "env" fn response_set_status_line(status: i32, reason_ptr: [*]const u8, reason_size: i64) void;
    pub extern "env" fn response_set_header(name_ptr: [*]const u8, name_size: i64, value_ptr: [*]const u8, value_size: i64) void;
    pub extern "env" fn response_set_body(ptr: [*]const u8, size: i64) void;
    pub extern "env" fn response_write_body(ptr: [*]const u8, size: i64) void;
    pub extern "env" fn db_get(key_ptr: [*]const u8, key_size: i64, value_ptr: [*]u8, value_size: i64) i64;
    pub extern "env" fn tcp_connect(ptr: [*]const u8, size: i64) i32;
    pub extern "env" fn tcp_read(fd: i32, ptr: [*]u8, size: i64) i64;
    pub extern "env" fn tcp_write(fd: i32, ptr: [*]const u8, size: i64) i64;
    pub extern "env" fn tcp_close(fd: i32) i32;
    pub extern "env" fn clock_time_get() i64;
    pub extern "env" fn random_get(ptr: [*]u8, size: i64) void;
};

/// One line of the server's log.
pub fn log(line: []const u8) void {
    host.log(line.ptr, @intCast(line.len));
}

/// What a `get` function copied, cut where the buffer ends; null when there is nothing.
fn fetched(buffer: []u8, size: i64) ?[]u8 {
    if (size < 0) return null;
    return buffer[0..@intCast(@min(size, @as(i64, @intCast(buffer.len))))];
}

/// The request. Each value is copied into the buffer that is given, and cut where it ends.
pub const request = struct {
    pub fn method(buffer: []u8) []u8 {
        return fetched(buffer, host.request_get_method(buffer.ptr, @intCast(buffer.len))) orelse "";
    }

    /// The path as it was sent, without the query.
    pub fn path(buffer: []u8) []u8 {
        return fetched(buffer, host.request_get_path(buffer.ptr, @intCast(buffer.len))) orelse "";
    }

    /// What stands behind `?`.
    pub fn query(buffer: []u8) ?[]u8 {
        return fetched(buffer, host.request_get_query(buffer.ptr, @intCast(buffer.len)));
    }

    /// A name in any case; the values of several lines are joined with `, `.
    pub fn header(name: []const u8, buffer: []u8) ?[]u8 {
        return fetched(buffer, host.request_get_header(name.ptr, @intCast(name.len), buffer.ptr, @intCast(buffer.len)));
    }

    /// The names in order, separated by line feeds.
    pub fn headerNames(buffer: []u8) []u8 {
        return fetched(buffer, host.request_get_header_names(buffer.ptr, @intCast(buffer.len))) orelse "";
    }

    /// What stands at a named part of the route's `url_path`, percent-decoded.
    pub fn param(name: []const u8, buffer: []u8) ?[]u8 {
        return fetched(buffer, host.request_get_param(name.ptr, @intCast(name.len), buffer.ptr, @intCast(buffer.len)));
    }

    /// The client's `ip:port`.
    pub fn peer(buffer: []u8) []u8 {
        return fetched(buffer, host.request_get_peer(buffer.ptr, @intCast(buffer.len))) orelse "";
    }

    /// The body's length; waits for the end of a chunked one.
    pub fn bodySize() u64 {
        return @intCast(host.request_get_body_size());
    }

    /// The next bytes of the body; null at its end.
    pub fn readBody(buffer: []u8) ?[]u8 {
        const size = host.request_read_body(buffer.ptr, @intCast(buffer.len));
        return if (size > 0) buffer[0..@intCast(size)] else null;
    }
};

/// The response.
pub const response = struct {
    pub fn status(code: u16, reason: []const u8) void {
        host.response_set_status_line(code, reason.ptr, @intCast(reason.len));
    }

    /// Adds a header; one with the same name stays.
    pub fn header(name: []const u8, value: []const u8) void {
        host.response_set_header(name.ptr, @intCast(name.len), value.ptr, @intCast(value.len));
    }

    /// Replaces the body.
    pub fn body(bytes: []const u8) void {
        host.response_set_body(bytes.ptr, @intCast(bytes.len));
    }

    /// Appends to the body.
    pub fn write(bytes: []const u8) void {
        host.response_write_body(bytes.ptr, @intCast(bytes.len));
    }
};

/// A value of the application's table `env`, cut where the buffer ends.
pub fn env(key: []const u8, buffer: []u8) ?[]u8 {
    return fetched(buffer, host.db_get(key.ptr, @intCast(key.len), buffer.ptr, @intCast(buffer.len)));
}

pub const TcpError = error{ Failed, TooMany, NotPermitted, TimedOut, BadDescriptor, BadAddress };

fn checked(result: i64) TcpError!i64 {
    return switch (result) {
        -1 => TcpError.Failed,
        -2 => TcpError.TooMany,
        -3 => TcpError.NotPermitted,
        -4 => TcpError.TimedOut,
        -5 => TcpError.BadDescriptor,
        -6 => TcpError.BadAddress,
        else => result,
    };
}

/// A TCP connection, to an address that the configuration permits.
pub const Stream = struct {
    fd: i32,

    /// Connects to `host:port`.
    pub fn connect(address: []const u8) TcpError!Stream {
        return .{ .fd = @intCast(try checked(host.tcp_connect(address.ptr, @intCast(address.len)))) };
    }

    /// The bytes that came; null at the end of the stream.
    pub fn read(self: Stream, buffer: []u8) TcpError!?[]u8 {
        const size = try checked(host.tcp_read(self.fd, buffer.ptr, @intCast(buffer.len)));
        return if (size > 0) buffer[0..@intCast(size)] else null;
    }

    /// Writes all bytes; fails when the peer closed before.
    pub fn writeAll(self: Stream, bytes: []const u8) TcpError!void {
        const size = try checked(host.tcp_write(self.fd, bytes.ptr, @intCast(bytes.len)));
        if (size != bytes.len) return TcpError.Failed;
    }

    pub fn close(self: Stream) void {
        _ = host.tcp_close(self.fd);
    }
};

/// Nanoseconds since the Unix epoch.
pub fn now() i64 {
    return host.clock_time_get();
}

/// Fills with cryptographically secure bytes.
pub fn random(buffer: []u8) void {
    host.random_get(buffer.ptr, @intCast(buffer.len));
}
