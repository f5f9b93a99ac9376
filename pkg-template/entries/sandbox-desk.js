// The page of a served sandbox and the interface behind it. Everything here is for whoever sits at this machine: other
// pages in the same browser can send requests here too, and must neither read a key pair nor take an address.

import { createHmac } from "node:crypto";

import html from "./sandbox-page/index.html";
import script from "./sandbox-page/page.js";
import style from "./sandbox-page/page.css";

/** How many of each list are kept for the page, which shows no more. */
const NEWEST = 100;

/** How long changes are gathered before they are sent, in milliseconds: what an eye takes for at once. */
const GATHERED = 100;

/** How many gatherings a page that was away can catch up with; it gets the whole state after that. */
const REMEMBERED = 200;

/** A page that does not read is let go: it comes back by itself. In bytes. */
const MOST_UNREAD = 1024 * 1024;

const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; " +
    "form-action 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
};

const FILES = {
  "/": ["text/html; charset=utf-8", html],
  "/sandbox/page.css": ["text/css; charset=utf-8", style],
  "/sandbox/page.js": ["text/javascript; charset=utf-8", script],
};

export class Desk {
  #sandbox;
  #credentials;
  #hostname;
  #where = { baseUrl: "", authorities: [] };
  #lists;
  #unsubscribe;
  #readers = new Set();
  #gathered = [];
  #sent = [];
  #timer;
  // Numbers of another life of this server mean nothing here.
  #life = Date.now().toString(36);
  #number = 0;

  constructor(sandbox, credentials, hostname) {
    this.#sandbox = sandbox;
    this.#credentials = credentials;
    this.#hostname = hostname;
    this.#lists = {
      request: new Newest([]),
      address: new Newest(sandbox.addresses()),
      deposit: new Newest(sandbox.deposits()),
      callback: new Newest(sandbox.callbacks()),
    };
    this.#unsubscribe = sandbox.subscribe((event) => this.#happened(event));
  }

  /** Once it is known. */
  listening(baseUrl) {
    const { host, port } = new URL(baseUrl);
    // Of the usual port nothing is said (RFC 9110 §4.2.3).
    const names = ["127.0.0.1", "localhost", "[::1]", this.#hostname];
    const authorities = names.map((name) => (port ? `${name}:${port}` : name));
    this.#where = { baseUrl, authorities: [host, ...authorities] };
  }

  serves(path) {
    return Object.hasOwn(FILES, path) || path.startsWith("/sandbox/");
  }

  async answer(request, response, path, readBody) {
    const refusal = this.#refusal(request);
    if (refusal) return send(response, 403, { error: refusal });
    if (request.method === "GET" && Object.hasOwn(FILES, path)) return sendFile(response, ...FILES[path]);
    if (request.method === "GET" && path === "/sandbox/state") return send(response, 200, this.#state());
    if (request.method === "GET" && path === "/sandbox/events") return this.#stream(request, response);
    const action = { "/sandbox/take": "take", "/sandbox/deposit": "deposit", "/sandbox/repeat": "repeat" }[path];
    if (!action) return send(response, 404, { error: "there is nothing here" });
    if (request.method !== "POST") return send(response, 405, { error: "this is only posted to" }, { allow: "POST" });
    if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
      return send(response, 415, { error: "the content type must be application/json" });
    }
    return this.#act(response, action, await readBody());
  }

  close() {
    this.#unsubscribe();
    clearTimeout(this.#timer);
    for (const reader of this.#readers) reader.end();
  }

  /**
   * Why a request is not one of the page's own. A name that another page had resolved to this machine is in `Host` (DNS
   * rebinding); where a script of another page sends, `Origin` and `Sec-Fetch-Site` say so.
   */
  #refusal({ headers }) {
    if (!this.#where.authorities.includes(headers.host?.toLowerCase())) {
      return "this is for the machine itself: use its name localhost, or 127.0.0.1";
    }
    if (headers.origin !== undefined && headers.origin !== `http://${headers.host}`) {
      return "this is for its own page alone";
    }
    // A link from elsewhere may lead to the page ("none" is an address that was typed).
    const isNavigation = headers["sec-fetch-mode"] === "navigate";
    if (!isNavigation && ["cross-site", "same-site"].includes(headers["sec-fetch-site"])) {
      return "this is for its own page alone";
    }
    return undefined;
  }

  async #act(response, action, body) {
    let order;
    try {
      order = JSON.parse(body.toString("utf8"));
    } catch {
      return send(response, 400, { error: "the body is no JSON" });
    }
    try {
      if (action === "take") return await this.#take(response, order);
      if (action === "deposit") return send(response, 201, { deposit: await this.#sandbox.deposit(order) });
      return send(response, 200, { callback: await this.#sandbox.repeatCallback(order?.id) });
    } catch (error) {
      if (error?.name !== "AlphaPoError") throw error;
      return send(response, 400, { error: error.message, fields: error.fields });
    }
  }

  /** As a client would: signed, over the wire's own bytes, and with the gateway's own answer. */
  async #take(response, order) {
    const { key, secret } = this.#credentials;
    const body = requestOf(order);
    const answer = await this.#sandbox.fetch(`${this.#sandbox.baseUrl}/addresses/take`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-processing-key": key,
        "x-processing-signature": createHmac("sha512", secret).update(body).digest("hex"),
      },
      body,
    });
    response.writeHead(answer.status, { ...HEADERS, "content-type": "application/json" });
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  #state() {
    const { key, secret, hidden } = this.#credentials;
    return {
      baseUrl: this.#where.baseUrl,
      key,
      secret: hidden ? null : secret,
      lists: Object.fromEntries(Object.entries(this.#lists).map(([name, list]) => [name, list.shown()])),
    };
  }

  #happened(event) {
    const list = this.#lists[event.type];
    list.put(event.type === "request" ? { id: list.count + 1, ...event } : event[event.type]);
    this.#gathered.push(event.type);
    this.#timer ??= setTimeout(() => this.#tell(), GATHERED).unref();
  }

  #tell() {
    this.#timer = undefined;
    const names = new Set(this.#gathered.splice(0));
    const changes = Object.fromEntries([...names].map((name) => [name, this.#lists[name].changed()]));
    this.#number += 1;
    const message = { number: this.#number, text: this.#message("changes", changes) };
    this.#sent.push(message);
    if (this.#sent.length > REMEMBERED) this.#sent.shift();
    for (const reader of this.#readers) {
      if (reader.writableLength > MOST_UNREAD) reader.destroy();
      else reader.write(message.text);
    }
  }

  /** HTML, 9.2.6: what server-sent events are written like. JSON has no line breaks of its own. */
  #message(event, data) {
    return `event: ${event}\nid: ${this.#life}.${this.#number}\ndata: ${JSON.stringify(data)}\n\n`;
  }

  #stream(request, response) {
    response.writeHead(200, { ...HEADERS, "content-type": "text/event-stream" });
    response.write("retry: 1000\n\n");
    for (const text of this.#missedSince(request.headers["last-event-id"])) response.write(text);
    this.#readers.add(response);
    response.on("close", () => this.#readers.delete(response));
  }

  #missedSince(id) {
    const [life, number] = String(id).split(".");
    const from = this.#sent.findIndex((message) => message.number === Number(number) + 1);
    if (life === this.#life && Number(number) === this.#number) return [];
    if (life === this.#life && from >= 0) return this.#sent.slice(from).map(({ text }) => text);
    return [this.#message("state", this.#state())];
  }
}

/** The body of a request: what a form has is text, and an amount goes as a number of the same digits. */
function requestOf(order) {
  const body = JSON.stringify(order);
  const amount = order?.amount;
  // JSON's own digits (RFC 8259 §6). Inside of a text the quotes would be escaped.
  return /^(0|[1-9]\d*)(\.\d+)?$/.test(amount) ? body.replace(`"amount":"${amount}"`, `"amount":${amount}`) : body;
}

/** The newest of a list, by their ids, and how many there are. */
class Newest {
  #items = new Map();
  #touched = new Set();
  count = 0;

  constructor(items) {
    this.count = items.length;
    for (const item of items.slice(-NEWEST)) this.#items.set(item.id, item);
  }

  put(item) {
    // An older one that changes, a callback that is repeated, comes back among the newest.
    if (item.id > this.count) this.count = item.id;
    this.#items.set(item.id, item);
    this.#touched.add(item.id);
    if (this.#items.size > NEWEST) this.#items.delete(this.#items.keys().next().value);
  }

  shown() {
    return { count: this.count, items: [...this.#items.values()] };
  }

  changed() {
    const items = [...this.#touched].filter((id) => this.#items.has(id)).map((id) => this.#items.get(id));
    this.#touched.clear();
    return { count: this.count, items };
  }
}

function sendFile(response, type, text) {
  response.writeHead(200, { ...HEADERS, "content-type": type });
  response.end(text);
}

function send(response, status, value, headers = {}) {
  response.writeHead(status, { ...HEADERS, ...headers, "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
