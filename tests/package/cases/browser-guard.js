// @ts-check
// A secret in a page is public, so a page must say that it knows. Elsewhere nothing must be said.

import { notSent, REQUEST } from "../caller.js";
import { equal, ok } from "../suite.js";

/** @param {import("../suite.js").Test} test @param {import("../caller.js").Caller} caller */
export function browserGuard(test, caller) {
  const { AlphaPo, takeAddress } = caller.alphapo;

  if (!caller.browser) {
    test("browser guard: outside a page nothing has to be allowed", () => {
      ok(new AlphaPo({ key: "key", secret: "secret" }) instanceof AlphaPo, "it is no AlphaPo");
    });
    return;
  }

  /** @param {{ message: string, fields?: Record<string, string> }} error */
  const namesTheOption = ({ message, fields }) => {
    ok(message.includes("dangerouslyAllowBrowser"), `the message does not name the option: ${message}`);
    equal(Object.keys(fields ?? {}), ["dangerouslyAllowBrowser"], "fields");
  };

  for (const value of [undefined, false, "true", 1]) {
    test(`browser guard: in a page, dangerouslyAllowBrowser: ${JSON.stringify(value)} is refused`, async () => {
      const session = caller.session({ kind: "good" });
      const options = caller.options({ baseUrl: session.baseUrl, dangerouslyAllowBrowser: value });
      namesTheOption(caller.thrown(() => new AlphaPo(options), notSent("invalid_option")));
      namesTheOption(await caller.rejected(() => takeAddress(REQUEST, options), notSent("invalid_option")));
      equal(await session.arrivals(), [], "requests");
    });
  }

  if (typeof document !== "undefined") {
    test("browser guard: a page of an app that calls itself otherwise is refused, too", () => {
      Object.defineProperty(navigator, "userAgent", { value: "Wallet/1.0", configurable: true });
      try {
        const options = caller.options({ dangerouslyAllowBrowser: false });
        namesTheOption(caller.thrown(() => new AlphaPo(options), notSent("invalid_option")));
      } finally {
        Reflect.deleteProperty(navigator, "userAgent");
      }
    });
  }

  test("browser guard: in a page, dangerouslyAllowBrowser: true is enough", () => {
    ok(
      new AlphaPo({ key: "key", secret: "secret", dangerouslyAllowBrowser: true }) instanceof AlphaPo,
      "it is no AlphaPo",
    );
  });
}
