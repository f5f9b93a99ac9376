// @ts-check
// A program for Node that is bundled from CommonJS, with a part of it that is an ES module and so has the package a
// second time: see bundled-script.js.

const alphapo = require("alphapo-wasm");
const sandboxModule = require("alphapo-wasm/sandbox");
const signatureModule = require("alphapo-wasm/signature");
const wycheproof = require("../wycheproof-hmac-sha512.json");

const origin = process.argv[2];
main();

async function main() {
  const { post } = await import("./post.js");
  await post(origin, suites);
}

async function suites() {
  const otherCopy = await import("alphapo-wasm");
  const { everywhere } = await import("../everywhere.js");
  const { joined, ok, run, thrown } = await import("../suite.js");
  return joined([
    await everywhere({ alphapo, sandboxModule, signatureModule, origin, wycheproof }),
    await run(
      (test) => {
        test("bundled: errors of the require and of the import recognise each other", () => {
          const { AlphaPoError } = alphapo;
          ok(thrown(() => otherCopy.sign(/** @type {any} */ ({}), "secret")) instanceof AlphaPoError, "the require's");
          ok(thrown(() => alphapo.sign({}, "secret")) instanceof otherCopy.AlphaPoError, "the import's");
        });
      },
      { atOnce: 1 },
    ),
  ]);
}
