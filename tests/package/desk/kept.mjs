// @ts-check
// What a state file brings back: `node kept.mjs FILE` opens it as the sandbox does, and prints its addresses, deposits
// and callbacks. It is copied into a project that has the package.

// @ts-ignore: by its name, where it is installed
import { createSandbox } from "alphapo-wasm/sandbox";
// @ts-ignore: as above
import { openState } from "alphapo-wasm/sandbox/node";

const state = openState(process.argv[2]);
const sandbox = createSandbox({ ...state.keyPair(), journal: state, clock: "manual" });
console.log(
  JSON.stringify({
    addresses: sandbox.addresses(),
    deposits: sandbox.deposits(),
    callbacks: sandbox.callbacks(),
  }),
);
sandbox.close();
state.close();
// Who comes too late is told so, and ends no process.
await state.append(["{}"]).then(
  () => process.exit(1),
  () => {},
);
