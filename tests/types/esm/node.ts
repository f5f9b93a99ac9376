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

// The handlers and what Node, and frameworks on it, hand over.
import { createServer, type IncomingMessage } from "node:http";

import { callbackHandler, nodeCallbackHandler, verifyCallback } from "alphapo-wasm";

const callbackOptions = { key: "key", secret: "secret", store: new Map<string, string>(), onCallback: () => {} };
export const callbackServer = createServer(nodeCallbackHandler(callbackOptions));
export const answer: Promise<Response> = callbackHandler(callbackOptions)(new Request("http://localhost/"));
export function received(request: IncomingMessage, raw: Buffer): string {
  return verifyCallback(raw, request.headers, { key: "key", secret: "secret" }).key;
}
