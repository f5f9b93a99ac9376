// @ts-check
// Compiles programs with one TypeScript: `node compile.cjs <its folder> <tsconfig.json …>`. Prints what it has to say
// of each, as a JSON array of texts. Declarations that programs share are read once, but for those of the package, and
// what is wrong with the declarations of others is nobody's question here.

const { dirname } = require("node:path");

const [library, ...configs] = process.argv.slice(2);
/** @type {typeof import("typescript5")} */
const ts = require(library);

/** @type {Map<string, import("typescript5").SourceFile | undefined>} */
const sources = new Map();

console.log(JSON.stringify(configs.map(problemsOf)));

/** @param {string} config */
function problemsOf(config) {
  const { config: json } = ts.readConfigFile(config, ts.sys.readFile);
  const { options, fileNames, errors } = ts.parseJsonConfigFileContent(json, ts.sys, dirname(config));
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (file, version, ...rest) => {
    if (!/\.d\.[cm]?ts$/.test(file) || file.includes("/alphapo-wasm/")) return read(file, version, ...rest);
    const key = `${file} ${JSON.stringify(version)}`;
    if (!sources.has(key)) sources.set(key, read(file, version, ...rest));
    return sources.get(key);
  };
  const program = ts.createProgram(fileNames, options, host);
  const diagnostics = [...errors, ...program.getOptionsDiagnostics(), ...program.getGlobalDiagnostics()];
  for (const file of program.getSourceFiles().filter(isOurs)) {
    diagnostics.push(...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file));
  }
  return ts.formatDiagnostics(diagnostics, host);
}

/** The package's declarations, and what is compiled against them. @param {{ fileName: string }} file */
function isOurs({ fileName }) {
  return !fileName.includes("/node_modules/") || fileName.includes("/node_modules/alphapo-wasm/");
}
