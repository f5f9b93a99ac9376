// @ts-check
// Who signs: the package, the runtime's own crypto, and the libraries that people take instead. Each has its key ready, as
// a careful caller would, and takes text and gives hex, as a request needs it. It measures nothing and may not import
// Node's modules: what an engine has of its own is handed in.

/** The secret of every contestant: 32 characters, as the gateway's are. */
export const SECRET = "8jm613ha8ymuitm5a2hfi29gwbyy6qp1";

/**
 * @typedef {object} Contestant
 * @property {string} name
 * @property {boolean} [ours]
 * @property {(body: string) => string | Promise<string>} sign  with its key ready
 * @property {(body: string, signature: string) => boolean} [verify]
 * @property {(body: string) => string} [once]  with the key given anew
 * @property {boolean} [asynchronous]
 *
 * @typedef {{ nodeCrypto?: any, Bun?: any }} Engine  what the engine has of its own
 */

/**
 * Those that this engine can run, and why others cannot.
 *
 * @param {Engine} engine
 * @returns {Promise<{ contestants: Contestant[], absent: { name: string, reason: string }[] }>}
 */
export async function contestantsOf(engine) {
  /** @type {Contestant[]} */
  const contestants = [];
  const absent = [];
  for (const [name, make] of Object.entries(MAKERS)) {
    try {
      const made = await make(engine);
      if (made) contestants.push({ name, ...made });
    } catch (error) {
      absent.push({ name, reason: String(/** @type {any} */ (error)?.message ?? error) });
    }
  }
  return { contestants, absent };
}

/** @type {Record<string, (engine: Engine) => Promise<Omit<Contestant, "name"> | undefined>>} */
const MAKERS = {
  "alphapo-wasm": async () => ours(await import("alphapo-wasm")),
  "alphapo-wasm/signature": async () => ours(await import("alphapo-wasm/signature")),
  async "node:crypto"({ nodeCrypto }) {
    if (!nodeCrypto) return undefined;
    const { createHmac, timingSafeEqual } = nodeCrypto;
    const sign = (/** @type {string} */ body) => createHmac("sha512", SECRET).update(body).digest("hex");
    return {
      sign,
      once: sign,
      verify: (body, signature) => timingSafeEqual(Buffer.from(sign(body)), Buffer.from(signature)),
    };
  },
  async "Bun.CryptoHasher"({ Bun }) {
    if (!Bun) return undefined;
    const sign = (/** @type {string} */ body) => new Bun.CryptoHasher("sha512", SECRET).update(body).digest("hex");
    return { sign, once: sign };
  },
  async WebCrypto() {
    const algorithm = { name: "HMAC", hash: "SHA-512" };
    const encoder = new TextEncoder();
    const key = await crypto.subtle.importKey("raw", encoder.encode(SECRET), algorithm, false, ["sign"]);
    return {
      asynchronous: true,
      sign: async (body) => hex(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(body)))),
    };
  },
  async "@noble/hashes"() {
    const { hmac } = await import("@noble/hashes/hmac.js");
    const { sha512 } = await import("@noble/hashes/sha2.js");
    const { bytesToHex, utf8ToBytes } = await import("@noble/hashes/utils.js");
    const key = utf8ToBytes(SECRET);
    const keyed = hmac.create(sha512, key);
    return {
      sign: (body) => bytesToHex(keyed.clone().update(utf8ToBytes(body)).digest()),
      once: (body) => bytesToHex(hmac(sha512, utf8ToBytes(SECRET), utf8ToBytes(body))),
    };
  },
  async "hash-wasm"() {
    const { createHMAC, createSHA512 } = await import("hash-wasm");
    const hasher = await createHMAC(createSHA512(), SECRET);
    return { sign: (body) => hasher.init().update(body).digest() };
  },
  async libsodium() {
    const { default: sodium } = await import("libsodium-wrappers-sumo");
    await sodium.ready;
    const key = sodium.from_string(SECRET);
    const sign = (/** @type {string} */ body) => {
      const state = sodium.crypto_auth_hmacsha512_init(key);
      sodium.crypto_auth_hmacsha512_update(state, body);
      return sodium.to_hex(sodium.crypto_auth_hmacsha512_final(state));
    };
    return { sign, once: sign };
  },
  async "@stablelib"() {
    const { HMAC } = await import("@stablelib/hmac");
    const { SHA512 } = await import("@stablelib/sha512");
    const encoder = new TextEncoder();
    const hmac = new HMAC(SHA512, encoder.encode(SECRET));
    return {
      sign(body) {
        const signature = hex(hmac.update(encoder.encode(body)).digest());
        hmac.reset();
        return signature;
      },
    };
  },
  async jssha() {
    const { default: JsSha } = await import("jssha");
    const sign = (/** @type {string} */ body) => {
      const hasher = new JsSha("SHA-512", "TEXT", { hmacKey: { value: SECRET, format: "TEXT" } });
      return hasher.update(body).getHash("HEX");
    };
    return { sign, once: sign };
  },
  async "crypto-js"() {
    const { default: CryptoJs } = await import("crypto-js");
    const sign = (/** @type {string} */ body) => CryptoJs.HmacSHA512(body, SECRET).toString();
    return { sign, once: sign };
  },
  async "node-forge"() {
    const { default: forge } = await import("node-forge");
    const hmac = forge.hmac.create();
    hmac.start("sha512", SECRET);
    return {
      sign(body) {
        // Without a key it starts anew with the one it has.
        hmac.start(null, null);
        hmac.update(body);
        return hmac.digest().toHex();
      },
    };
  },
};

/** @param {any} exported */
function ours({ Signer, sign }) {
  const signer = new Signer(SECRET);
  return {
    ours: true,
    sign: (/** @type {string} */ body) => signer.sign(body),
    verify: (/** @type {string} */ body, /** @type {string} */ signature) => signer.verify(body, signature),
    once: (/** @type {string} */ body) => sign(body, SECRET),
  };
}

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** @param {Uint8Array} bytes */
function hex(bytes) {
  let text = "";
  for (const byte of bytes) text += DIGITS[byte];
  return text;
}
