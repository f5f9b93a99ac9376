// Serves a sandbox gateway over HTTP on Node, for clients in other processes and other languages, and a page beside it.
//
// It only carries bytes between a socket and `sandbox.fetch`: whatever the gateway says is decided there.

import { createServer } from "node:http";

import { Desk } from "./sandbox-desk.js";

export { openState } from "./sandbox-state.js";

// The sandbox refuses larger bodies; this keeps a socket from filling the memory before it can.
const MAX_REQUEST_BYTES = 1024 * 1024;

/** How long answers that are under way have when it closes, in milliseconds. */
const GRACE = 500;

export async function serve(sandbox, { port = 0, hostname = "127.0.0.1", page } = {}) {
  const desk = page && new Desk(sandbox, page, hostname);
  const server = createServer((request, response) => {
    answer(sandbox, desk, request, response).catch(() => response.destroy());
  });
  try {
    await listening(server, port, hostname);
  } catch (error) {
    desk?.close();
    throw error;
  }
  const { port: bound } = server.address();
  const origin = `http://${reachable(hostname)}:${bound}`;
  desk?.listening(`${origin}/api/v2`);
  return {
    url: `${origin}/api/v2`,
    port: bound,
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

async function answer(sandbox, desk, request, response) {
  const [path] = request.url.split("?", 1);
  if (desk?.serves(path)) return desk.answer(request, response, path, () => bodyOf(request));
  const body = await bodyOf(request);
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const { status, headers, body: content } = await exchange(sandbox, request, body, gone.signal);
  const length = headers.get("content-length");
  // An answer that says its length is on its way, slowly or to its early end: the others are whole.
  if (length !== null && content) return stream(response, status, headers, content);
  const bytes = Buffer.from(await new Response(content).arrayBuffer());
  response.writeHead(status, { ...Object.fromEntries(headers), "content-length": bytes.length });
  response.end(bytes);
}

async function stream(response, status, headers, content) {
  response.writeHead(status, Object.fromEntries(headers));
  response.flushHeaders();
  for await (const chunk of content) response.write(chunk);
  response.end();
}

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) throw new RangeError("the request is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function exchange(sandbox, { method, url, rawHeaders }, body, signal) {
  const headers = [];
  for (let index = 0; index < rawHeaders.length; index += 2) headers.push([rawHeaders[index], rawHeaders[index + 1]]);
  return sandbox.fetch(`http://sandbox.invalid${url}`, {
    method,
    headers,
    body: method === "GET" || method === "HEAD" ? undefined : body,
    signal,
  });
}
