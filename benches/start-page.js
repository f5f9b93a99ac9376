// @ts-check
// How long a page takes to import something and sign with it. Each time it is a frame made anew, which has a realm of its
// own, and an address made anew, so that no engine has seen the script before. Posts milliseconds, by script, to where the
// page is from.

const { scripts, rounds, expected } = JSON.parse(decodeURIComponent(location.hash.slice(1)));
/** @type {number[][]} */
const times = scripts.map(() => []);
const report = await measured().catch((error) => ({ error: String(error?.stack ?? error) }));
await fetch("/-/report", { method: "POST", body: JSON.stringify(report) });

async function measured() {
  // The first round opens connections and warms the server.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, script] of scripts.entries()) {
      const { took, signature, error } = await inFrame(`./${script}?round=${round}`);
      // The first is the empty module.
      if (error || (index > 0 && signature !== expected)) throw new Error(`${script}: ${error ?? "a wrong signature"}`);
      if (round > 0) times[index].push(took);
    }
  }
  return { times };
}

/** @param {string} address @returns {Promise<{ took: number, signature: string, error?: string }>} */
function inFrame(address) {
  const frame = document.createElement("iframe");
  frame.srcdoc = `<script type="module">
    const began = performance.now();
    import(${JSON.stringify(address)}).then(
      ({ default: signature }) => parent.postMessage({ took: performance.now() - began, signature }),
      (error) => parent.postMessage({ error: String(error) }),
    );
  </scr` + "ipt>";
  return new Promise((resolve) => {
    addEventListener("message", ({ data }) => resolve(data), { once: true });
    document.body.append(frame);
  }).finally(() => frame.remove());
}
