// @ts-check
// One call as a careful author would write it for Node without the package: signed with node:crypto, under a deadline that
// ends the request, without redirects, and reading no more of an answer than 64 KB. What it has not: checks of the request
// and of the address, retries, errors that tell what became of the request, other runtimes.

import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";

const TIMEOUT = 15_000;
const MAX_BODY_BYTES = 64 * 1024;

/**
 * @param {typeof globalThis.fetch} fetch
 * @param {string} url
 * @param {{ key: string, secret: string }} credentials
 * @param {object} request
 */
export async function takeByHand(fetch, url, { key, secret }, request) {
  const body = JSON.stringify(request);
  const headers = {
    "Content-Type": "application/json",
    "X-Processing-Key": key,
    "X-Processing-Signature": createHmac("sha512", secret).update(body).digest("hex"),
  };
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), TIMEOUT);
  try {
    const { status, body: stream } = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "manual",
      signal: controller.signal,
    });
    if (status !== 201 || !stream) throw new Error(`the gateway answered ${status}`);
    return JSON.parse(await textOf(stream)).data;
  } finally {
    clearTimeout(timer);
  }
}

/** @param {ReadableStream<Uint8Array>} stream */
async function textOf(stream) {
  const reader = stream.getReader();
  const pieces = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(pieces).toString();
    length += value.length;
    if (length > MAX_BODY_BYTES) throw new Error("the answer is too large");
    pieces.push(value);
  }
}
