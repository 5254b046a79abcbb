// Counts the lines, words and bytes of a posted text.
//
// asc words.ts --optimize --runtime stub --outFile words.wasm
import { request, response } from "./serverless_wasm";

function isSpace(byte: u8): bool {
  return byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d || byte == 0x0c;
}

export function handle(): void {
  let lines: u64 = 0;
  let words: u64 = 0;
  let bytes: u64 = 0;
  let inWord = false;
  const chunk = new Uint8Array(4096);
  for (let size = request.readBody(chunk); size > 0; size = request.readBody(chunk)) {
    bytes += size;
    for (let i = 0; i < size; i++) {
      const space = isSpace(chunk[i]);
      if (chunk[i] == 0x0a) lines++;
      if (!space && !inWord) words++;
      inWord = !space;
    }
  }
  response.status(200, "OK");
  response.header("Content-Type", "text/plain; charset=utf-8");
  response.body(`${lines} lines, ${words} words, ${bytes} bytes\n`);
}
