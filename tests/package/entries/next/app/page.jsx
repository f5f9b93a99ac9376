// A page of Next.js whose client runs the suites: see ../../bundled.js.

"use client";

import { useEffect } from "react";

import { suites } from "../package/entries/bundled.js";
import { post } from "../package/entries/post.js";

export default function Page() {
  useEffect(() => {
    const origin = new URLSearchParams(location.search).get("wire");
    post(origin, () => suites({ origin, browser: true }));
  }, []);
  return <p>alphapo-wasm</p>;
}
