// @ts-check
// Installs the packed package into a new project, which the rows then copy: `node tests/package/install.mjs <tarball>
// <folder>`. It does what each row would do by itself, once for all of them.

import { mkdir, rm } from "node:fs/promises";
import { resolve } from "node:path";

import { install } from "./rows/project.mjs";

const [tarball, folder] = process.argv.slice(2);
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
await install(folder, resolve(tarball));
