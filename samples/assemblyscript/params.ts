// Answers with the named parts of its path.
//
// asc params.ts --optimize --runtime stub --outFile params.wasm
import { request, response } from "./serverless_wasm";

export function handle(): void {
  response.header("Content-Type", "text/plain; charset=utf-8");
  const user = request.param("user");
  const post = request.param("post");
  if (user === null || post === null) {
    response.status(500, "Internal Server Error");
    response.body("the route has no {user} and {post}\n");
    return;
  }
  response.status(200, "OK");
  response.body(`user: ${user}\npost: ${post}\n`);
}
