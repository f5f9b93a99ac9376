// @ts-check
// The examples on Next.js, built by it and served as in production: a route in Node, and two at the edge. They are
// built without any secret, as on a machine that only builds.

import { join } from "node:path";

import { joined, run } from "../suite.js";
import { QUIET, printed, tool } from "./bundling.mjs";
import { start, stop } from "./child.mjs";
import { creditsIn, receives } from "./example-callbacks.mjs";
import { CREDENTIALS, behaves, environment, install, manifests, withGateway } from "./example-programs.mjs";
import { installNext } from "./next.mjs";
import { withProject } from "./project.mjs";

const NEXT = "next/dist/bin/next";
const START_LIMIT = 30_000;
const CALLBACKS = "/api/callbacks/alphapo";
/** Without a database it stores none. */
const ADDRESSES = { path: "/api/deposit-addresses", keeps: false };

/** Those that give addresses, too. */
const EXAMPLES = { next: false, "next-edge": true };

/** @typedef {import("./example-programs.mjs").Environment} Environment */
/** @typedef {import("./example-programs.mjs").Service} Service */

/** @param {string} tarball @returns {Promise<import("../suite.js").Report>} */
export function examplesNext(tarball) {
  return withProject(tarball, ({ folder, packageFolder }) =>
    withGateway(packageFolder, async (gateway) => {
      const reports = [];
      for (const [name, givesAddresses] of Object.entries(EXAMPLES)) {
        const place = await install(name, folder, packageFolder, installNext);
        await tool(NEXT, ["build"], { cwd: place, folder: place });
        const report = await run(
          (test) => {
            manifests(test, [name]);
            /** @type {import("./example-programs.mjs").Running} */
            const running = (secret, use) => served(place, environment(gateway, secret), use);
            if (givesAddresses) behaves(test, name, gateway, running, ADDRESSES);
            receives(test, name, (use) =>
              running(CREDENTIALS.secret, ({ origin, said }) =>
                use({ url: `${origin}${CALLBACKS}`, credits: async () => creditsIn(said()) }),
              ),
            );
          },
          { atOnce: 1, longest: START_LIMIT },
        );
        reports.push(report);
      }
      return joined(reports);
    }),
  );
}

/** @param {string} place @param {Environment} env @param {(service: Service) => Promise<void>} use */
async function served(place, env, use) {
  const args = [join(place, "node_modules", NEXT), "start", "--hostname", "127.0.0.1", "--port", "0"];
  const server = start(process.execPath, args, { cwd: place, env: { ...QUIET, ...env } });
  try {
    const origin = await printed(server, /http:\/\/127\.0\.0\.1:\d+/, START_LIMIT);
    await use({ origin, said: () => `${server.output.stdout}${server.output.stderr}` });
  } finally {
    await stop(server.child);
  }
}
