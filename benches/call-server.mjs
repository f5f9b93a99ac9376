// @ts-check
// Answers whatever is posted to it as the gateway answers a request for a Bitcoin address. A process of its own, so that
// its time is not that of the calls. Prints its origin.

import { createServer } from "node:http";

const DATA = {
  id: 240407213,
  currency: "BTC",
  address: "tb1qfdxh6gkfr0qgyatnlkd8khcnxph9tw06n6qwjc",
  tag: null,
  foreign_id: "user-17",
  end_user_reference: "user-17",
};
const ANSWER = Buffer.from(JSON.stringify({ data: DATA }));

const server = createServer((request, response) => {
  request.resume().on("end", () => {
    response.writeHead(201, { "content-type": "application/json", "content-length": ANSWER.length });
    response.end(ANSWER);
  });
});
server.keepAliveTimeout = 60_000;
server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => {
  console.log(`http://127.0.0.1:${/** @type {import("node:net").AddressInfo} */ (server.address()).port}`);
});
