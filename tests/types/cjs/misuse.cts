// Misuse that the typings must not allow, from CommonJS. It is compiled, never run.

import alphapo = require("alphapo-wasm");
import { AlphaPo, sign, takeAddress } from "alphapo-wasm";

// @ts-expect-error: a parsed body is no raw body
sign({ currency: "BTC" }, "secret");
// @ts-expect-error: foreign_id is missing
takeAddress({ currency: "BTC" }, { key: "key", secret: "secret" });
// @ts-expect-error: the secret is missing
new AlphaPo({ key: "key" });
// @ts-expect-error: there is no default export
alphapo.default;
