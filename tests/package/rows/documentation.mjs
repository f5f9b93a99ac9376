// @ts-check
// That an editor has something to show: every public name of the typings has documentation, and whatever is called has
// an example. It reads declarations only, by TypeScript's own programming interface.

import { join } from "node:path";

import ts from "typescript5";

import { equal } from "../suite.js";

/** Whose declarations are in a typings file but not the package's: the language's own. */
const OWN = /node_modules\/alphapo-wasm\//;

const OPTIONS = {
  lib: ["lib.es2022.d.ts"],
  types: [],
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
};

/**
 * @param {import("../suite.js").Test} test
 * @param {import("./project.mjs").Project} project
 */
export function documentation(test, { folder, packageFolder, packageJson }) {
  const typings = new Set(Object.values(packageJson.exports).flatMap((target) => typesOf(target)));
  // One for all: most of the time goes into reading the declarations of the language.
  const program = ts.createProgram(
    [...typings].map((file) => join(packageFolder, file)),
    OPTIONS,
  );
  for (const file of typings) {
    test(`documentation: every public name of ${file} has some, and what is called has an example`, () => {
      const path = join(packageFolder, file);
      const checker = program.getTypeChecker();
      const source = program.getSourceFile(path);
      const module = source && checker.getSymbolAtLocation(source);
      const exported = module ? checker.getExportsOfModule(module) : [];
      equal(exported.length > 0, true, `whether ${path.slice(folder.length)} exports something`);
      equal(
        exported.flatMap((symbol) => undocumented(symbol, checker)),
        [],
      );
    });
  }
}

/** @param {any} target @returns {string[]} */
function typesOf(target) {
  if (typeof target !== "object") return [];
  return Object.entries(target).flatMap(([condition, inner]) => (condition === "types" ? [inner] : typesOf(inner)));
}

/**
 * What a name and its members lack.
 *
 * @param {import("typescript5").Symbol} exported
 * @param {import("typescript5").TypeChecker} checker
 */
function undocumented(exported, checker) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  const members = [...(symbol.members?.values() ?? []), ...writtenIn(symbol, checker)].filter(isPublic);
  return [symbol, ...members].flatMap((part) => {
    const name = part === symbol ? symbol.name : `${symbol.name}.${part.name.replace(/^__@(\w+).*/, "[Symbol.$1]")}`;
    const text = ts.displayPartsToString(part.getDocumentationComment(checker)).trim();
    const hasExample = part.getJsDocTags(checker).some((tag) => tag.name === "example" && tag.text);
    return [
      ...(text ? [] : [`${name} has no documentation`]),
      ...(needsExample(part) && !hasExample ? [`${name} has no example`] : []),
    ];
  });
}

/**
 * The members that a type's own text lists, as that of options does: the type is no interface, so they are not its.
 *
 * @param {import("typescript5").Symbol} symbol
 * @param {import("typescript5").TypeChecker} checker
 */
function writtenIn({ declarations = [] }, checker) {
  /** @type {import("typescript5").Symbol[]} */
  const found = [];
  /** @param {import("typescript5").Node} node */
  const visit = (node) => {
    // What a conditional type asks for is nobody's to write, and a member that is `never` may not be there.
    if (ts.isConditionalTypeNode(node)) return;
    const member = ts.isPropertySignature(node) || ts.isMethodSignature(node);
    const symbol = member && node.type?.kind !== ts.SyntaxKind.NeverKeyword && checker.getSymbolAtLocation(node.name);
    if (symbol) found.push(symbol);
    ts.forEachChild(node, visit);
  };
  declarations.filter(ts.isTypeAliasDeclaration).forEach(visit);
  return found;
}

/** What is called; a constructor is in the example of its class. @param {import("typescript5").Symbol} symbol */
function needsExample({ flags, declarations = [] }) {
  const called = ts.SymbolFlags.Function | ts.SymbolFlags.Class | ts.SymbolFlags.Method;
  // Those of an interface, or of a type's text, are called by the package: its users or their runtime implement them.
  const implemented = (/** @type {import("typescript5").Declaration} */ { parent }) =>
    ts.isInterfaceDeclaration(parent) || ts.isTypeLiteralNode(parent);
  return (flags & called) !== 0 && !declarations.some(implemented);
}

/** @param {import("typescript5").Symbol} member */
function isPublic({ declarations = [] }) {
  return declarations.some(
    (declaration) =>
      OWN.test(declaration.getSourceFile().fileName) &&
      !ts.isTypeParameterDeclaration(declaration) &&
      (ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Private) === 0,
  );
}
