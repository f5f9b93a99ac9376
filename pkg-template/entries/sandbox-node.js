// Serves a sandbox gateway over HTTP on Node, for clients in other processes and other languages.
//
// It only carries bytes between a socket and `sandbox.fetch`: whatever the gateway says is decided there.

import { createServer } from "node:http";

// The sandbox refuses larger bodies; this keeps a socket from filling the memory before it can.
const MAX_REQUEST_BYTES = 1024 * 1024;

export async function serve(sandbox, { port = 0, hostname = "127.0.0.1" } = {}) {
  const server = createServer((request, response) => {
    answer(sandbox, request, response).catch(() => response.destroy());
  });
  await new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, hostname, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const { port: bound } = server.address();
  return {
    url: `http://${reachable(hostname)}:${bound}/api/v2`,
    port: bound,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What to call this machine by: the addresses that mean "all of them" are none to connect to. */
function reachable(hostname) {
  if (hostname === "0.0.0.0") return "127.0.0.1";
  if (hostname === "::") return "[::1]";
  return hostname.includes(":") ? `[${hostname}]` : hostname;
}

async function answer(sandbox, request, response) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > MAX_REQUEST_BYTES) return request.destroy();
    chunks.push(chunk);
  }
  const { status, headers, body } = await exchange(sandbox, request, Buffer.concat(chunks));
  response.writeHead(status, { ...headers, "content-length": body.length });
  response.end(body);
}

async function exchange(sandbox, { method, url, rawHeaders }, body) {
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) headers.append(rawHeaders[index], rawHeaders[index + 1]);
  const answer = await sandbox.fetch(`http://sandbox.invalid${url}`, {
    method,
    headers,
    body: method === "GET" || method === "HEAD" ? undefined : body,
  });
  return {
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: Buffer.from(await answer.arrayBuffer()),
  };
}
