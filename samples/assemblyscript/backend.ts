// Asks a server whose address it finds in the environment table, and answers with what came back.
//
// asc backend.ts --optimize --runtime stub --outFile backend.wasm
import { env, log, response, Stream } from "./serverless_wasm";

export function handle(): void {
  response.header("Content-Type", "text/plain; charset=utf-8");
  const address = env("/env/backend");
  if (address === null) return fail("the environment has no address at /env/backend");
  const backend = Stream.connect(address);
  if (!backend.isOpen) return fail("could not connect to the backend");
  ask(backend);
  backend.close();
}

// Sends a line, and adds all that comes until the end of the stream to the body.
function ask(backend: Stream): void {
  let size = backend.write("hello from the guest\n");
  response.status(200, "OK");
  response.body("answer from the backend:\n");
  const chunk = new Uint8Array(4096);
  while (size > 0) {
    size = backend.read(chunk);
    if (size > 0) response.writeBytes(chunk, size);
  }
  if (size < 0) fail("the backend took or gave nothing");
}

// 502 with a message, which the log gets too.
function fail(message: string): void {
  log(message);
  response.status(502, "Bad Gateway");
  response.body(message + "\n");
}
