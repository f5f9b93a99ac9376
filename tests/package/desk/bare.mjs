// @ts-check
// A server that answers every request alike, and prints its base URL: what the machine itself makes of a load.

import { createServer } from "node:http";

const body = '{"data":{"id":1,"address":"none"}}';
const server = createServer((request, response) => {
  request.resume();
  request.once("end", () => response.writeHead(201, { "content-length": body.length }).end(body));
});
server.listen(0, "127.0.0.1", () => {
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  console.log(`http://127.0.0.1:${port}`);
});
