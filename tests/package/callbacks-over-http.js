// @ts-check
// The handlers of callbacks on real sockets in Node: what a sender does to a connection, and what frameworks do to a
// request before the handler has it. What needs no socket is in cases/callbacks.js.

import { createHmac } from "node:crypto";
import { once } from "node:events";
import { Agent, createServer, request as httpRequest } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import { connect } from "node:net";

import { PHP_ESCAPED, SAMPLES } from "./callback-samples.js";
import { equal, ok, pause } from "./suite.js";

const KEY = "public-key";
const SECRET = "a secret of sockets";
const { body: BODY, key: CALLBACK_KEY } = SAMPLES[1];

/** The signature as another implementation makes it. @param {string} body */
function headers(body) {
  return {
    "content-type": "application/json",
    "x-processing-key": KEY,
    "x-processing-signature": createHmac("sha512", SECRET).update(body).digest("hex"),
  };
}

/** @typedef {import("node:http").IncomingMessage & { rawBody?: any, body?: any }} Incoming */

/**
 * A server with a handler, while `use` runs.
 *
 * @typedef {(
 *   how: { options?: any, before?: (request: Incoming, response: any) => unknown, http?: any },
 *   use: (server: { port: number, url: string, seen: any[], errors: any[] }) => Promise<void>,
 * ) => Promise<void>} Serving
 */

/** @param {import("./caller.js").Package} alphapo @returns {Serving} */
function servingWith({ nodeCallbackHandler }) {
  return async ({ options, before, http = createServer }, use) => {
    /** @type {any[]} */
    const seen = [];
    /** @type {any[]} */
    const errors = [];
    const handle = nodeCallbackHandler({
      key: KEY,
      secrets: ["newer", SECRET],
      store: new Map(),
      onCallback: (/** @type {any} */ callback) => void seen.push(callback),
      onError: (/** @type {any} */ error) => void errors.push(error),
      ...options,
    });
    const server = http(async (/** @type {any} */ request, /** @type {any} */ response) => {
      const [incoming, outgoing] = /** @type {any} */ ((await before?.(request, response)) ?? [request, response]);
      await handle(incoming, outgoing);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
    try {
      await use({ port, url: `http://127.0.0.1:${port}/`, seen, errors });
    } finally {
      server.closeAllConnections?.();
      server.close();
    }
  };
}

/** @param {import("./suite.js").Test} test @param {import("./caller.js").Package} alphapo */
export function silentOverHttp(test, alphapo) {
  const serving = servingWith(alphapo);
  test("sockets: a body that never comes is 408 and its connection is closed", async () => {
    await serving({}, async ({ port }) => {
      const socket = connect(port, "127.0.0.1");
      socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"id"`);
      const drip = setInterval(() => socket.write(" "), 500);
      const answer = await textOf(socket);
      clearInterval(drip);
      ok(answer.startsWith("HTTP/1.1 408 ") && /connection: close/i.test(answer), answer);
    });
  });
}

/** @param {import("./suite.js").Test} test @param {import("./caller.js").Package} alphapo */
export function callbacksOverHttp(test, alphapo) {
  const { callbackHandler } = alphapo;
  const serving = servingWith(alphapo);
  /** @param {string} url @param {string} body @param {any} [changes] */
  const post = async (url, body, changes) => {
    const answer = await fetch(url, { method: "POST", headers: headers(body), body, ...changes });
    return [answer.status, await answer.text()];
  };

  test("sockets: 50 copies at once of several callbacks, interleaved, are each processed once", async () => {
    /** @type {string[]} */
    const processed = [];
    const onCallback = async (/** @type {any} */ { key }) => {
      await pause(50);
      processed.push(key);
    };
    await serving({ options: { onCallback } }, async ({ url }) => {
      const bodies = [SAMPLES[0].body, SAMPLES[2].body, SAMPLES[7].body, PHP_ESCAPED];
      const answers = await Promise.all(Array.from({ length: 50 }, () => bodies.map((body) => post(url, body))).flat());
      equal(
        answers.filter(([status]) => status !== 200),
        [],
        "answers other than 200",
      );
      equal([processed.length, new Set(processed).size], [bodies.length, bodies.length]);
    });
  });

  test("sockets: a body in pieces, without a length, is read whole", async () => {
    await serving({}, async ({ port, seen }) => {
      const request = httpRequest({ port, host: "127.0.0.1", method: "POST", headers: headers(PHP_ESCAPED) });
      for (const character of PHP_ESCAPED) request.write(character);
      request.end();
      const [response] = await once(request, "response");
      equal([response.statusCode, seen[0].foreign_id, seen[0].secretIndex], [200, "café/17", 1]);
      response.resume();
    });
  });

  test("sockets: a callback that is too large is 413, with a length, without one, and with one that lies", async () => {
    const large = BODY.slice(0, -1) + " ".repeat(600_000) + "}";
    await serving({}, async ({ url, port, seen, errors }) => {
      equal(await post(url, large), [413, "too large"]);
      const chunked = new ReadableStream({
        start(controller) {
          for (let at = 0; at < large.length; at += 50_000)
            controller.enqueue(Buffer.from(large.slice(at, at + 50_000)));
          controller.close();
        },
      });
      equal(await post(url, BODY, { body: chunked, duplex: "half" }), [413, "too large"]);
      // It sends all of it before it listens, and hears the answer none the less.
      const deaf = connect(port, "127.0.0.1");
      deaf.on("error", () => {});
      deaf.pause();
      await once(deaf, "connect");
      const sent = new Promise((resolve) => {
        deaf.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3000000\r\n\r\n`);
        deaf.write(Buffer.alloc(3_000_000, 32), resolve);
      });
      await sent;
      await pause(200);
      ok((await textOf(deaf)).startsWith("HTTP/1.1 413 "), "a sender that was cut off");
      // It says 10 GB, and goes on sending.
      const socket = connect(port, "127.0.0.1");
      const answer = textOf(socket);
      socket.write(
        `POST / HTTP/1.1\r\nhost: x\r\nx-processing-key: ${KEY}\r\nx-processing-signature: 0\r\ncontent-length: 10000000000\r\n\r\n`,
      );
      const piece = Buffer.alloc(64 * 1024, 32);
      while (!socket.destroyed && socket.writable && socket.bytesWritten < 50_000_000) {
        if (!socket.write(piece))
          await Promise.race([...["drain", "close"].map((event) => once(socket, event).catch(() => {})), pause(2_000)]);
        if ((await Promise.race([answer, pause(0)])) !== undefined) break;
      }
      ok(socket.bytesWritten < 40_000_000, `it took ${socket.bytesWritten} bytes`);
      socket.destroy();
      equal([seen.length, errors.length >= 2], [0, true]);
    });
  });

  test("sockets: a sender that goes away in the middle harms nobody", async () => {
    await serving({}, async ({ url, port, seen, errors }) => {
      for (let time = 0; time < 5; time += 1) {
        const socket = connect(port, "127.0.0.1");
        await once(socket, "connect");
        socket.write(`POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\n{"id"`);
        await pause(20);
        socket.destroy();
      }
      for (let wait = 0; wait < 100 && errors.length < 5; wait += 1) await pause(20);
      equal([seen.length, errors.map(({ code }) => code)], [0, Array(5).fill("invalid_body")]);
      equal(await post(url, BODY), [200, "ok"]);
    });
  });

  test("sockets: a header that is there twice is no key and no signature", async () => {
    await serving({}, async ({ port, seen }) => {
      const { "x-processing-key": key, "x-processing-signature": signature } = headers(BODY);
      for (const twice of [[["x-processing-key", key]], [["x-processing-signature", signature]]]) {
        const raw = [
          ["host", "x"],
          ["content-length", String(BODY.length)],
          ["x-processing-key", key],
          ["x-processing-signature", signature],
          ...twice,
        ];
        const request = httpRequest({ port, host: "127.0.0.1", method: "POST", headers: raw.flat() });
        request.end(BODY);
        const [response] = await once(request, "response");
        equal(response.statusCode, 401);
        response.resume();
      }
      equal(seen.length, 0);
    });
  });

  test("sockets: other methods are 405, also without a body", async () => {
    await serving({}, async ({ url }) => {
      for (const method of ["GET", "HEAD", "PUT", "OPTIONS"]) {
        const answer = await fetch(url, { method });
        equal([answer.status, answer.headers.get("allow")], [405, "POST"]);
        await answer.text();
      }
    });
  });

  /** @param {Incoming} request */
  const rawOf = async (request) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    return Buffer.concat(chunks);
  };
  /** What stands in front, and what the handler gets. @type {[string, number, (request: Incoming, response: any) => unknown][]} */
  const frameworks = [
    [
      "Nest with rawBody: bytes beside what was parsed",
      200,
      async (request) => {
        request.rawBody = await rawOf(request);
        request.body = JSON.parse(request.rawBody.toString());
      },
    ],
    ["express.raw(): bytes as the body", 200, async (request) => void (request.body = await rawOf(request))],
    [
      "express.text(): text as the body",
      200,
      async (request) => void (request.body = (await rawOf(request)).toString()),
    ],
    ["a text without a character that stands where a parser read nothing", 200, (request) => void (request.body = "")],
    [
      "a parser that keeps the bytes by another name",
      500,
      async (request) => {
        const raw = await rawOf(request);
        Object.assign(request, { raw, body: JSON.parse(raw.toString()) });
      },
    ],
    ["Express 4, which puts {} where it parsed nothing", 200, async (request) => void (request.body = {})],
    [
      "express.json() or Next's bodyParser: only what was parsed",
      500,
      async (request) => {
        request.body = JSON.parse((await rawOf(request)).toString());
      },
    ],
    ["a stream that somebody read and did not keep", 500, async (request) => void (await rawOf(request))],
    [
      "Fastify with a parser of buffers",
      200,
      async (request, response) => {
        return [
          { raw: request, body: await rawOf(request) },
          { raw: response, hijack() {} },
        ];
      },
    ],
    [
      "Fastify with its own parser",
      500,
      async (request, response) => {
        return [
          { raw: request, body: JSON.parse((await rawOf(request)).toString()) },
          { raw: response, hijack() {} },
        ];
      },
    ],
    [
      "Fastify's raw objects after its own parser",
      500,
      async (request, response) => {
        await rawOf(request);
        return [request, response];
      },
    ],
  ];
  for (const [name, status, before] of frameworks) {
    test(`sockets: ${name}: ${status}`, async () => {
      await serving({ before }, async ({ url, seen, errors }) => {
        equal((await post(url, BODY))[0], status);
        equal((await post(url, BODY, { headers: {} }))[0], status === 200 ? 401 : status);
        equal(seen.length, status === 200 ? 1 : 0);
        if (status === 200) return;
        ok(errors[0].code === "invalid_body" && errors[0].message.includes("express.json()"), errors[0].message);
      });
    });
  }

  test("sockets: a body that was kept raw has the same limit", async () => {
    const before = async (/** @type {Incoming} */ request) => void (request.body = await rawOf(request));
    await serving({ before }, async ({ url, seen }) => {
      const padded = (/** @type {number} */ size) => BODY.slice(0, -1) + " ".repeat(size - BODY.length) + "}";
      equal((await post(url, padded(256 * 1024)))[0], 200);
      equal((await post(url, padded(256 * 1024 + 1)))[0], 413);
      equal(seen.length, 1);
    });
  });

  test("sockets: a stream that was made text is 500 and says so", async () => {
    const before = (/** @type {Incoming} */ request) => void request.setEncoding("utf8");
    await serving({ before }, async ({ url, errors }) => {
      equal((await post(url, BODY))[0], 500);
      ok(errors[0].code === "invalid_body" && errors[0].message.includes("setEncoding"), errors[0].message);
    });
  });

  test("sockets: a connection whose body was not read to its end takes no other request", async () => {
    const before = (/** @type {Incoming} */ request) => void request.setEncoding("utf8");
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    await serving({ before }, async ({ port }) => {
      for (let time = 0; time < 2; time += 1) {
        const request = httpRequest({ port, host: "127.0.0.1", method: "POST", headers: headers(BODY), agent });
        request.on("error", () => {});
        request.end(Buffer.alloc(3_000_000, 32));
        const answered = await Promise.race([once(request, "response"), pause(3_000)]);
        ok(answered, `request ${time + 1} is not answered`);
        const [response] = /** @type {[Incoming]} */ (answered);
        equal([response.statusCode, response.headers.connection], [500, "close"]);
        response.resume();
        await once(response, "close");
      }
    });
    agent.destroy();
  });

  test("sockets: over HTTP/2, too, and what is too large there is 413 without a warning", async () => {
    /** @type {Error[]} */
    const warnings = [];
    const warned = (/** @type {Error} */ warning) => void warnings.push(warning);
    process.on("warning", warned);
    await serving({ http: createHttp2Server }, async ({ url, seen }) => {
      const session = connectHttp2(url);
      const statusOf = async (/** @type {string | Buffer} */ body) => {
        const stream = session.request({ ":method": "POST", ":path": "/", ...headers(BODY) });
        stream.on("error", () => {});
        stream.end(body);
        const [answer] = await once(stream, "response");
        stream.close();
        return answer[":status"];
      };
      equal([await statusOf(BODY), await statusOf(Buffer.alloc(10_000_000, 32)), await statusOf(BODY)], [200, 413, 200]);
      equal(seen.length, 1);
      // It sends no more, and does not end: who answered it does.
      const idle = session.request({ ":method": "POST", ":path": "/", "content-length": 5_000_000 });
      idle.on("error", () => {}).resume();
      idle.write(Buffer.alloc(4_500_000, 32));
      ok(await Promise.race([once(idle, "aborted"), pause(5_000)]), "a stream is left open");
      session.destroy();
    });
    process.off("warning", warned);
    equal(warnings.map(String), []);
  });

  test("sockets: an answer that the caller's code has given is left alone", async () => {
    /** @type {any} */
    let outgoing;
    const before = (/** @type {Incoming} */ _, /** @type {any} */ response) => void (outgoing = response);
    await serving({ before, options: { onCallback: () => outgoing.writeHead(202).end() } }, async ({ url }) => {
      equal((await post(url, BODY))[0], 202);
    });
  });

  test("sockets: a body in a million pieces leaves nothing behind for each", async () => {
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    const read = async (/** @type {number} */ index) => {
      if (index % 100_000 === 0) most = Math.max(most, process.memoryUsage().heapUsed - before);
      return index === 1_000_000 ? { done: true } : { done: false, value: Uint8Array.of(0x20) };
    };
    equal(await statusOf(read), 413);
    ok(most < 200_000_000, `it took ${most} bytes`);
  });

  test("sockets: a body of empty pieces that are always there is 408 by the clock", async () => {
    const now = () => Performance.prototype.now.call(performance);
    try {
      const read = async (/** @type {number} */ index) => {
        if (index === 1_000) performance.now = () => now() + 60_000;
        return index === 2_000 ? { done: true } : { done: false, value: new Uint8Array(0) };
      };
      equal(await statusOf(read), 408);
    } finally {
      Reflect.deleteProperty(performance, "now");
    }
  });

  test("sockets: a clock that is set while a callback is processed changes nothing", async () => {
    const { now } = Date;
    let runs = 0;
    let go = () => {};
    const processed = new Promise((resolve) => (go = () => resolve(undefined)));
    const onCallback = () => {
      runs += 1;
      return processed;
    };
    try {
      await serving({ options: { onCallback } }, async ({ url }) => {
        const first = post(url, BODY);
        while (runs === 0) await pause(5);
        Date.now = () => now() + 20 * 60_000;
        const copy = post(url, BODY);
        await pause(100);
        go();
        equal([await first, await copy], [[200, "ok"], [200, "ok"]]);
        equal(runs, 1);
      });
    } finally {
      Date.now = now;
    }
  });

  /** What a Request is answered whose body gives these pieces. @param {(index: number) => Promise<unknown>} read */
  async function statusOf(read) {
    let pieces = 0;
    const reader = { read: () => read(pieces++), cancel: async () => {} };
    const handle = callbackHandler({ key: KEY, secret: SECRET, store: new Map(), onCallback() {} });
    return (await handle({ method: "POST", headers: new Headers(), body: { getReader: () => reader } })).status;
  }

  test("sockets: the handler of Requests behind a server of one's own", async () => {
    /** @type {string[]} */
    const keys = [];
    const options = {
      key: KEY,
      secret: SECRET,
      store: new Map(),
      onCallback: (/** @type {any} */ { key }) => void keys.push(key),
    };
    const handle = callbackHandler(options);
    const answer = await handle(new Request("http://x/", { method: "POST", headers: headers(BODY), body: BODY }));
    equal([answer.status, keys], [200, [CALLBACK_KEY]]);
  });
}

/** All that comes until the connection ends. @param {import("node:net").Socket} socket @returns {Promise<string>} */
async function textOf(socket) {
  let text = "";
  socket.on("data", (data) => {
    text += data;
  });
  // Who is cut off while it sends may hear of that, too, for which `once` would throw.
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.resume();
  await closed;
  return text;
}
