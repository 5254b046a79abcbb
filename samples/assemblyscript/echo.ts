// Answers with what it was asked: method, path, query, headers and body.
//
// asc echo.ts --optimize --runtime stub --outFile echo.wasm
import { request, response } from "./serverless_wasm";

export function handle(): void {
  response.status(200, "OK");
  response.header("Content-Type", "text/plain; charset=utf-8");
  response.write(`${request.method()} ${request.path()}\n`);
  const query = request.query();
  if (query !== null) response.write(`query: ${query}\n`);
  const names = request.headerNames();
  for (let i = 0; i < names.length; i++) {
    response.write(`${names[i]}: `);
    const value = request.headerBytes(names[i]); // It need not be UTF-8.
    if (value !== null) response.writeBytes(value, value.length);
    response.write("\n");
  }
  response.write("\n");
  const chunk = new Uint8Array(4096);
  for (let size = request.readBody(chunk); size > 0; size = request.readBody(chunk)) {
    response.writeBytes(chunk, size);
  }
}
