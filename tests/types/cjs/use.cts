// Correct use of the package from CommonJS. It is compiled, never run; esm/use.ts shows the whole surface.

import alphapo = require("alphapo-wasm");
import { AlphaPo, AlphaPoError, sign, takeAddress, verify } from "alphapo-wasm";
import { createSandbox } from "alphapo-wasm/sandbox";
import { loadSync } from "alphapo-wasm/slim";
import type { DepositAddress } from "alphapo-wasm";

const credentials = { key: "key", secret: "secret" };

export const genuine: boolean = alphapo.verify("{}", sign("{}", "secret"), "secret") && verify("{}", null, "secret");

loadSync(new Uint8Array());

export async function address(): Promise<string | null> {
  const { fetch, baseUrl } = createSandbox(credentials);
  const deposit: DepositAddress = await new AlphaPo({ ...credentials, fetch, baseUrl }).takeAddress({
    currency: "XRP",
    foreign_id: "1",
  });
  await takeAddress({ currency: "BTC", foreign_id: "1" }, credentials).catch((error: unknown) => {
    if (error instanceof AlphaPoError && error.code === "rejected") return error.fields;
    throw error;
  });
  return deposit.tag;
}
