// Serves a sandbox gateway over HTTP on Node, for clients in other processes and other languages, and a page beside it.
//
// It only carries bytes between a socket and the sandbox: whatever the gateway says is decided there.

import { createServer } from "node:http";

import { Desk } from "./sandbox-desk.js";
import { Door } from "./sandbox-door.js";

export { openState } from "./sandbox-state.js";

// The sandbox refuses larger bodies; this keeps a socket from filling the memory before it can.
const MAX_REQUEST_BYTES = 1024 * 1024;

/** What a sandbox is asked by, under the `fetch` that everybody else asks. */
const EXCHANGE = Symbol.for("alphapo-wasm.sandbox.exchange");

/** How long answers that are under way have when it closes, in milliseconds. */
const GRACE = 500;

export async function serve(sandbox, options = {}) {
  check(sandbox, options);
  const { port = 0, hostname = "127.0.0.1", page } = options;
  const desk = page ? new Desk(sandbox, page, hostname) : undefined;
  const door = new Door();
  const server = createServer((request, response) => {
    answer({ sandbox, desk, door }, request, response).catch(() => response.destroy());
  });
  server.on("connection", () => door.opened());
  let url;
  try {
    await listening(server, port, hostname);
    url = `http://${reachable(hostname)}:${server.address().port}/api/v2`;
    desk?.listening(url);
  } catch (error) {
    desk?.close();
    server.close();
    throw error;
  }
  return {
    url,
    port: server.address().port,
    close: () =>
      new Promise((resolve) => {
        desk?.close();
        // What is being answered may end; a client that never ends its request may not hold it for ever.
        const late = setTimeout(() => server.closeAllConnections(), GRACE);
        server.close(() => {
          clearTimeout(late);
          resolve();
        });
        server.closeIdleConnections();
      }),
  };
}

function check(sandbox, options) {
  if (typeof sandbox?.[EXCHANGE] !== "function") refuse("takes a sandbox, which `createSandbox` makes");
  checkNames(options, ["port", "hostname", "page"]);
  const { hostname, page } = options;
  // Node takes one that says nothing for every address of the machine.
  if (hostname !== undefined && (typeof hostname !== "string" || hostname === "")) {
    refuse('takes a host name or an address of this machine as `hostname`, such as "127.0.0.1"');
  }
  if (!page) return;
  checkNames(page, ["key", "secret", "hidden"]);
  const has = (name) => typeof page[name] === "string" && page[name] !== "";
  if (!has("key") || !has("secret")) refuse("needs the sandbox's `key` and `secret` for its `page`");
}

function checkNames(options, known) {
  const unknown = Object.keys(options ?? refuse("takes an object of options")).find((name) => !known.includes(name));
  if (unknown !== undefined) refuse(`has no option \`${unknown}\`, but \`${known.join("`, `")}\``);
}

function refuse(problem) {
  throw new TypeError(`\`serve\` ${problem}`);
}

function listening(server, port, hostname) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** What to call this machine by: the addresses that mean "all of them" are none to connect to. */
function reachable(hostname) {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  if (hostname === "::") return "[::1]";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

async function answer({ sandbox, desk, door }, request, response) {
  const [path] = request.url.split("?", 1);
  if (desk?.serves(path)) return desk.answer(request, response, path, () => bodyOf(request));
  // From the beginning: who hangs up at the door would otherwise be waited for as long as a fault says.
  const gone = new AbortController();
  response.once("close", () => {
    if (!response.writableEnded) gone.abort();
  });
  const body = await bodyOf(request);
  await door.entered();
  const header = (name) => request.headers[name];
  const respond = (reply, delivered) => (reply.effect ? delivered(reply, gone) : reply.answer);
  const answer = await sandbox[EXCHANGE]({ method: request.method, path, header, body }, respond);
  const { status } = answer;
  const headers = Object.fromEntries(answer.headers);
  // Not by a Buffer, which in Node 22.7.0 writes letters of Latin-1 wrongly.
  if (typeof answer.body === "string") return send(response, status, headers, new TextEncoder().encode(answer.body));
  // An answer that says its length is on its way, slowly or to its early end: the others are whole.
  if (headers["content-length"] && answer.body) return stream(response, status, headers, answer.body);
  return send(response, status, headers, Buffer.from(await answer.arrayBuffer()));
}

function send(response, status, headers, bytes) {
  response.writeHead(status, { ...headers, "content-length": bytes.length });
  response.end(bytes);
}

async function stream(response, status, headers, content) {
  response.writeHead(status, headers);
  response.flushHeaders();
  // Each on its way before the next: where the content breaks off, the connection is cut, and with it what still waits.
  for await (const chunk of content) await new Promise((resolve) => response.write(chunk, resolve));
  response.end();
}

function bodyOf(request) {
  return new Promise((resolve, reject) => {
    const chunks = [];
    let size = 0;
    request.on("data", (chunk) => {
      size += chunk.length;
      if (size <= MAX_REQUEST_BYTES) chunks.push(chunk);
      else request.destroy(new RangeError("the request is too large"));
    });
    request.on("end", () => resolve(Buffer.concat(chunks)));
    request.on("error", reject);
    request.on("close", () => reject(new Error("the request was cut off")));
  });
}
