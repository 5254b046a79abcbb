// What the server offers to a guest: the imports, and on top of them functions that take strings
// and buffers. A bad address, size, status or header ends the guest: the client gets a 500, and the
// server's log says which argument it was.

// The imports as they are: addresses are 32 bits, sizes 64. The `get` functions give the whole
// length of a value, or -1 when there is none, and copy at most `size` bytes of it.
// @ts-ignore: decorator
@external("env", "log")
declare function host_log(ptr: usize, size: i64): void;
// @ts-ignore: decorator
@external("env", "request_get_method")
declare function request_get_method(ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "request_get_path")
declare function request_get_path(ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "request_get_query")
declare function request_get_query(ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "request_get_header")
declare function request_get_header(name: usize, nameSize: i64, ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "request_get_header_names")
declare function request_get_header_names(ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "request_get_param")
declare function request_get_param(name: usize, nameSize: i64, ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "request_get_peer")
declare function request_get_peer(ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "request_get_body_size")
declare function request_get_body_size(): i64;
// @ts-ignore: decorator
@external("env", "request_read_body")
declare function request_read_body(ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "response_set_status_line")
declare function response_set_status_line(status: i32, reason: usize, reasonSize: i64): void;
// @ts-ignore: decorator
@external("env", "response_set_header")
declare function response_set_header(name: usize, nameSize: i64, value: usize, valueSize: i64): void;
// @ts-ignore: decorator
@external("env", "response_set_body")
declare function response_set_body(ptr: usize, size: i64): void;
// @ts-ignore: decorator
@external("env", "response_write_body")
declare function response_write_body(ptr: usize, size: i64): void;
// @ts-ignore: decorator
@external("env", "db_get")
declare function db_get(key: usize, keySize: i64, value: usize, valueSize: i64): i64;
// @ts-ignore: decorator
@external("env", "tcp_connect")
declare function tcp_connect(ptr: usize, size: i64): i32;
// @ts-ignore: decorator
@external("env", "tcp_read")
declare function tcp_read(fd: i32, ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "tcp_write")
declare function tcp_write(fd: i32, ptr: usize, size: i64): i64;
// @ts-ignore: decorator
@external("env", "tcp_close")
declare function tcp_close(fd: i32): i32;
// @ts-ignore: decorator
@external("env", "clock_time_get")
declare function clock_time_get(): i64;
// @ts-ignore: decorator
@external("env", "random_get")
declare function random_get(ptr: usize, size: i64): void;

// A string's UTF-8 bytes, and where they stand.
function utf8(text: string): ArrayBuffer {
  return String.UTF8.encode(text);
}

function at(bytes: ArrayBuffer): usize {
  return changetype<usize>(bytes);
}

// Values are copied here first: as large as all headers together may be by default.
const ROOM = 64 * 1024;
const room = new ArrayBuffer(ROOM);

// What a `get` function copied, cut where the room ends, as text; null when there is nothing. Bytes
// that are not UTF-8 become some other text.
function fetched(size: i64): string | null {
  if (size < 0) return null;
  return String.UTF8.decodeUnsafe(at(room), <usize>min<i64>(size, ROOM));
}

// The same as the bytes that it is.
function fetchedBytes(size: i64): Uint8Array | null {
  if (size < 0) return null;
  return Uint8Array.wrap(room.slice(0, <i32>min<i64>(size, ROOM)));
}

/** One line of the server's log. */
export function log(line: string): void {
  const bytes = utf8(line);
  host_log(at(bytes), bytes.byteLength);
}

/** A value of the application's table `env`. */
export function env(key: string): string | null {
  const bytes = utf8(key);
  return fetched(db_get(at(bytes), bytes.byteLength, at(room), ROOM));
}

/** Nanoseconds since the Unix epoch. */
export function now(): i64 {
  return clock_time_get();
}

/** So many cryptographically secure bytes. */
export function random(size: i32): Uint8Array {
  const bytes = new Uint8Array(size);
  random_get(bytes.dataStart, size);
  return bytes;
}

/** The request. */
export namespace request {
  export function method(): string {
    return fetched(request_get_method(at(room), ROOM)) || "";
  }

  /** The path as it was sent, without the query. */
  export function path(): string {
    return fetched(request_get_path(at(room), ROOM)) || "";
  }

  /** What stands behind `?`. */
  export function query(): string | null {
    return fetched(request_get_query(at(room), ROOM));
  }

  /** A name in any case; the values of several lines are joined with `, `. */
  export function header(name: string): string | null {
    const bytes = utf8(name);
    return fetched(request_get_header(at(bytes), bytes.byteLength, at(room), ROOM));
  }

  /** `header` as it was sent, which need not be UTF-8. */
  export function headerBytes(name: string): Uint8Array | null {
    const bytes = utf8(name);
    return fetchedBytes(request_get_header(at(bytes), bytes.byteLength, at(room), ROOM));
  }

  /** The names in order. */
  export function headerNames(): string[] {
    const names = fetched(request_get_header_names(at(room), ROOM)) || "";
    return names.length == 0 ? [] : names.split("\n");
  }

  /** What stands at a named part of the route's `url_path`, percent-decoded. */
  export function param(name: string): string | null {
    const bytes = utf8(name);
    return fetched(request_get_param(at(bytes), bytes.byteLength, at(room), ROOM));
  }

  /** `param` whatever bytes it decodes to. */
  export function paramBytes(name: string): Uint8Array | null {
    const bytes = utf8(name);
    return fetchedBytes(request_get_param(at(bytes), bytes.byteLength, at(room), ROOM));
  }

  /** The client's `ip:port`. */
  export function peer(): string {
    return fetched(request_get_peer(at(room), ROOM)) || "";
  }

  /** The body's length; waits for the end of a chunked one. */
  export function bodySize(): i64 {
    return request_get_body_size();
  }

  /** The next bytes of the body into a buffer: how many there were, 0 at its end. */
  export function readBody(into: Uint8Array): i32 {
    return <i32>request_read_body(into.dataStart, into.length);
  }
}

/** The response. */
export namespace response {
  export function status(code: i32, reason: string): void {
    const bytes = utf8(reason);
    response_set_status_line(code, at(bytes), bytes.byteLength);
  }

  /** Adds a header; one with the same name stays. */
  export function header(name: string, value: string): void {
    const nameBytes = utf8(name);
    const valueBytes = utf8(value);
    response_set_header(at(nameBytes), nameBytes.byteLength, at(valueBytes), valueBytes.byteLength);
  }

  /** Replaces the body. */
  export function body(text: string): void {
    const bytes = utf8(text);
    response_set_body(at(bytes), bytes.byteLength);
  }

  /** Appends to the body. */
  export function write(text: string): void {
    const bytes = utf8(text);
    response_write_body(at(bytes), bytes.byteLength);
  }

  /** Appends the first `size` bytes of a buffer to the body. */
  export function writeBytes(bytes: Uint8Array, size: i32): void {
    response_write_body(bytes.dataStart, size);
  }
}

/** A TCP connection, to an address that the configuration permits. Negative results are errors:
 * -1 failed, -2 too many, -3 not permitted, -4 timed out, -5 closed, -6 not `host:port`. */
export class Stream {
  private constructor(private fd: i32) {}

  /** Connects to `host:port`; `isOpen` tells whether it did. */
  static connect(address: string): Stream {
    const bytes = utf8(address);
    return new Stream(tcp_connect(at(bytes), bytes.byteLength));
  }

  get isOpen(): bool {
    return this.fd >= 0;
  }

  /** The error that kept it from being open. */
  get error(): i32 {
    return this.fd;
  }

  /** How many bytes came; 0 at the end of the stream, negative for an error. */
  read(into: Uint8Array): i32 {
    return <i32>tcp_read(this.fd, into.dataStart, into.length);
  }

  /** How many bytes were written (all, unless the peer closed), negative for an error. */
  write(text: string): i32 {
    const bytes = utf8(text);
    return <i32>tcp_write(this.fd, at(bytes), bytes.byteLength);
  }

  close(): void {
    tcp_close(this.fd);
    this.fd = -5;
  }
}
