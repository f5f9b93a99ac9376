// Serves the files to this machine alone, under a policy that allows them WebAssembly and nothing from elsewhere. It
// knows nothing of the gateway: /api/v2 is 404 here.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

const POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'";
const SCRIPT = "text/javascript; charset=utf-8";

const FILES = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/page.css": ["page.css", "text/css; charset=utf-8"],
  "/page.js": ["page.js", SCRIPT],
  "/worker.js": ["worker.js", SCRIPT],
  "/journal.js": ["journal.js", SCRIPT],
  "/alphapo-wasm/index.js": ["node_modules/alphapo-wasm/dist/index.js", SCRIPT],
  "/alphapo-wasm/sandbox.js": ["node_modules/alphapo-wasm/dist/sandbox.js", SCRIPT],
};

const server = createServer(async ({ url }, response) => {
  const { pathname } = new URL(url, "http://localhost");
  if (!Object.hasOwn(FILES, pathname)) return response.writeHead(404).end();
  const [file, type] = FILES[pathname];
  response.writeHead(200, { "content-type": type, "content-security-policy": POLICY });
  response.end(await readFile(new URL(file, import.meta.url)));
});

server.listen(Number(process.env.PORT ?? "3000"), "127.0.0.1", () => {
  console.log(`listening on port ${server.address().port}`);
});
process.once("SIGTERM", () => {
  server.close();
  // Browsers hold connections in reserve, on which nothing was asked yet.
  server.closeAllConnections();
});
