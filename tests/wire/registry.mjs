// @ts-check
// A registry of npm packages, over real HTTP, that has one package in one version: what it says of it is what a client
// of npm reads before it asks for the tarball (npm's "Package metadata"). It may know nothing of whoever asks.

import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";

/**
 * @param {string} tarball  the packed package
 * @param {{ name: string, version: string }} manifest  its package.json
 */
export async function startRegistry(tarball, manifest) {
  const bytes = await readFile(tarball);
  const { name, version } = manifest;
  const place = `/${name}/-/${name}-${version}.tgz`;
  /** @type {string[]} */
  const served = [];

  const server = createServer(({ url, headers }, outgoing) => {
    const metadata = () => JSON.stringify(metadataOf(manifest, bytes, `http://${headers.host}${place}`));
    const body = url === `/${name}` ? metadata() : url === place ? bytes : null;
    if (body !== null) served.push(String(url));
    outgoing.writeHead(body === null ? 404 : 200, { connection: "close" }).end(body ?? "{}");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

  return {
    origin: `http://127.0.0.1:${port}`,
    /** The paths that were asked for and are there, in the order in which they were. */
    served,
    /** Those of the metadata and of the tarball. */
    paths: [`/${name}`, place],
    async close() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** @param {{ name: string, version: string }} manifest @param {Buffer} bytes @param {string} tarball */
function metadataOf(manifest, bytes, tarball) {
  const { name, version } = manifest;
  const integrity = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  return {
    name,
    "dist-tags": { latest: version },
    versions: { [version]: { ...manifest, dist: { tarball, integrity } } },
  };
}
