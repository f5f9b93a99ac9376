// The sandbox's page: shows what the server tells it by server-sent events, and posts what its forms say. It decides
// nothing, and whatever it shows goes in as text, never as markup.

/** How many rows there are at most; the server keeps no more for it. */
const NEWEST = 100;

/** How often the times of next attempts are written anew, in milliseconds. */
const TICK = 1000;

const $ = (id) => document.getElementById(id);
const lists = { request: new Map(), address: new Map(), deposit: new Map(), callback: new Map() };
const counts = { request: 0, address: 0, deposit: 0, callback: 0 };
const stale = new Set();
let secret = null;
let painting = false;

const events = new EventSource("/sandbox/events");
events.addEventListener("open", () => connection("live", "live"));
events.addEventListener("error", () => connection("away", "connection lost, trying again"));
events.addEventListener("state", ({ data }) => {
  const state = JSON.parse(data);
  $("base-url").textContent = state.baseUrl;
  $("key").textContent = state.key;
  secret = state.secret;
  showSecret(false);
  for (const list of Object.values(lists)) list.clear();
  // It may be another sandbox, whose first address is none of these.
  for (const id of ["requests", "addresses", "deposits", "callbacks"]) $(id).replaceChildren();
  take(state.lists);
  for (const name of Object.keys(lists)) stale.add(name);
});
events.addEventListener("changes", ({ data }) => take(JSON.parse(data)));

function connection(state, words) {
  $("connection").dataset.state = state;
  $("connection").textContent = words;
}

/** Keeps what came, and paints once per frame however much comes. */
function take(changes) {
  for (const [name, { count, items }] of Object.entries(changes)) {
    const list = lists[name];
    counts[name] = count;
    for (const item of items) list.set(item.id, item);
    for (const id of list.keys()) {
      if (list.size <= NEWEST) break;
      list.delete(id);
    }
    stale.add(name);
  }
  if (painting) return;
  painting = true;
  requestAnimationFrame(() => {
    painting = false;
    for (const name of stale) paint[name]([...lists[name].values()].sort((one, other) => other.id - one.id));
    stale.clear();
  });
}

const paint = {
  request(items) {
    tellCount("request", items);
    rows("requests", items, ({ id, at, method, path, status, foreign_id, fault }) => [
      id,
      [
        text(new Date(at).toLocaleTimeString()),
        code(`${method} ${path}`),
        toned(status ?? "no answer", status !== null && status < 400),
        text(foreign_id ?? ""),
        text(fault ?? ""),
      ],
    ]);
  },
  address(items) {
    tellCount("address", items);
    rows("addresses", items, ({ id, currency, convert_to, address, tag, foreign_id }) => [
      id,
      [
        text(id),
        text(convert_to ? `${currency} → ${convert_to}` : currency),
        code(address),
        text(tag ?? ""),
        text(foreign_id),
        depositButton(address, tag),
      ],
    ]);
  },
  deposit(items) {
    tellCount("deposit", items);
    rows("deposits", items, ({ id, status, amount, currency, foreign_id, address }) => [
      `${id} ${status}`,
      [
        text(id),
        toned(status, { confirmed: true, cancelled: false }[status]),
        text(`${amount} ${currency}`),
        text(foreign_id),
        code(address),
      ],
    ]);
  },
  callback(items) {
    tellCount("callback", items);
    const place = $("callbacks");
    const known = new Map([...place.children].map((child) => [Number(child.dataset.id), child]));
    items.forEach((callback, index) => {
      const existing = known.get(callback.id) ?? newCallback(callback);
      known.delete(callback.id);
      update(existing, callback);
      // Moving what has the focus would take it away.
      if (place.children[index] !== existing) place.insertBefore(existing, place.children[index] ?? null);
    });
    for (const gone of known.values()) gone.remove();
  },
};

function tellCount(name, { length }) {
  $(`${name}-count`).textContent = counts[name] > length ? `the newest ${length} of ${counts[name]}` : String(length);
}

/** Rows are made once: a new one is put in front, and those that a reader or the focus is in stay where they are. */
function rows(id, items, describe) {
  const body = $(id);
  const known = new Map([...body.children].map((row) => [row.dataset.key, row]));
  items.forEach((item, index) => {
    const [key, cells] = describe(item);
    const row = known.get(String(key)) ?? newRow(key, cells);
    known.delete(String(key));
    if (body.children[index] !== row) body.insertBefore(row, body.children[index] ?? null);
  });
  for (const gone of known.values()) gone.remove();
}

function newRow(key, cells) {
  const row = document.createElement("tr");
  row.dataset.key = key;
  row.append(...cells);
  return row;
}

function text(content) {
  const cell = document.createElement("td");
  cell.textContent = String(content);
  return cell;
}

function code(content) {
  const cell = text(content);
  cell.className = "code";
  return cell;
}

function toned(content, good) {
  const cell = text(content);
  if (good !== undefined) cell.dataset.tone = good ? "good" : "bad";
  return cell;
}

function depositButton(address, tag) {
  const cell = document.createElement("td");
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = "Deposit here";
  button.setAttribute("aria-label", `Deposit to ${address}`);
  button.addEventListener("click", () => {
    depositTo(address, tag);
    $("deposit").elements.amount.focus();
  });
  cell.append(button);
  return cell;
}

function depositTo(address, tag) {
  $("deposit").elements.address.value = address;
  $("deposit").elements.tag.value = tag ?? "";
}

function newCallback({ id, body, signature, url }) {
  const details = document.createElement("details");
  details.dataset.id = id;
  const summary = document.createElement("summary");
  const repeat = document.createElement("button");
  repeat.type = "button";
  repeat.textContent = "Repeat callback";
  repeat.setAttribute("aria-label", `Repeat callback ${id}`);
  repeat.addEventListener("click", () =>
    busy(repeat, async () => {
      const { callback } = await post("/sandbox/repeat", { id });
      const [last] = callback.attempts.slice(-1);
      say(`Callback ${id} was repeated: ${attemptWords(last)}.`, last?.status === 200);
    }),
  );
  details.append(
    summary,
    repeat,
    ...part("Posted to", url ?? "nowhere: there is no callback URL"),
    ...part("Body", body),
    ...part("X-Processing-Signature", signature),
    ...part("Answers", ""),
  );
  details.lastChild.classList.add("answers");
  return details;
}

function part(title, content) {
  const heading = document.createElement("h3");
  heading.textContent = title;
  const pre = document.createElement("pre");
  pre.textContent = content;
  return [heading, pre];
}

function update(details, callback) {
  const { id, deposit, status, state, attempts, nextAttempt } = callback;
  const next = nextAttempt === null ? "" : `, next attempt ${inWords(nextAttempt)}`;
  put(details.querySelector("summary"), `${id}: deposit ${deposit} ${status}, ${state}${next}`);
  const lines = attempts.map((attempt) => `${new Date(attempt.at).toLocaleTimeString()}  ${attemptWords(attempt)}`);
  put(details.querySelector(".answers"), lines.join("\n") || "none yet");
}

/** Only what has changed: a selection in it stays. */
function put(element, content) {
  if (element.textContent !== content) element.textContent = content;
}

function attemptWords(attempt) {
  if (!attempt) return "no attempt";
  return attempt.status ? `answered ${attempt.status}` : `no answer (${attempt.error})`;
}

function inWords(at) {
  const seconds = Math.max(0, Math.round((at - Date.now()) / 1000));
  return seconds < 120 ? `in ${seconds} s` : `in ${Math.round(seconds / 60)} min`;
}

setInterval(() => {
  for (const details of $("callbacks").children) {
    const callback = lists.callback.get(Number(details.dataset.id));
    if (callback && callback.nextAttempt !== null) update(details, callback);
  }
}, TICK);

function showSecret(shown) {
  const words = secret === null ? "not shown: it was given to the sandbox from outside" : "hidden";
  $("secret").textContent = shown ? secret : words;
  $("show-secret").hidden = secret === null;
  $("show-secret").setAttribute("aria-pressed", String(shown));
  $("show-secret").textContent = shown ? "Hide secret" : "Show secret";
}

$("show-secret").addEventListener("click", ({ currentTarget }) => {
  showSecret(currentTarget.getAttribute("aria-pressed") !== "true");
});

$("take").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.submitter, async () => {
    const { data } = await post("/sandbox/take", filled(event.target));
    depositTo(data.address, data.tag);
    const tag = data.tag === null ? "" : `, tag ${data.tag}`;
    say(`Address ${data.id} was taken: ${data.address}${tag}.`, true);
  });
});

$("deposit").addEventListener("submit", (event) => {
  event.preventDefault();
  busy(event.submitter, async () => {
    const { seconds, ...order } = filled(event.target);
    const { deposit } = await post("/sandbox/deposit", { ...order, seconds: Number(seconds) });
    say(`Deposit ${deposit.id} of ${deposit.amount} ${deposit.currency} was made.`, true);
  });
});

/** The fields of a form that hold something. */
function filled(form) {
  const entries = [...new FormData(form)].map(([name, value]) => [name, value.trim()]);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

async function busy(button, work) {
  // Not `disabled`, which would take the focus from who uses a keyboard.
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  try {
    await work();
  } catch (error) {
    say(error.message, false);
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

async function post(path, body) {
  const answer = await fetch(path, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const value = await answer.json();
  if (answer.ok) return value;
  const fields = Object.entries(value.errors ?? {}).map(([name, message]) => `${name}: ${message}`);
  throw new Error(fields.join(" ") || value.error || `the sandbox answered ${answer.status}`);
}

function say(words, good) {
  $("status").dataset.kind = good ? "good" : "bad";
  $("status").textContent = words;
}
