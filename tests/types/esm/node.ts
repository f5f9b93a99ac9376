// Correct use of what only Node has. It is compiled, never run.

import { Buffer } from "node:buffer";

import { AlphaPo, Signer, sign, verify } from "alphapo-wasm";
import { createSandbox } from "alphapo-wasm/sandbox";
import { serve } from "alphapo-wasm/sandbox/node";

export async function overHttp(): Promise<string> {
  const server = await serve(createSandbox({ key: "key", secret: "secret" }), { port: 0 });
  const url: string = server.url;
  const alphapo = new AlphaPo({ key: "key", secret: "secret", baseUrl: url });
  const { address } = await alphapo.takeAddress({ currency: "BTC", foreign_id: "1" });
  await server.close();
  return address;
}

export const buffers: boolean = verify(Buffer.from("{}"), sign(Buffer.from("{}"), "secret"), "secret");

export function disposed(): void {
  new Signer("secret")[Symbol.dispose]();
}
