import { builtinModules, createRequire } from "node:module";
import type { Plugin } from "esbuild";

/** Modules of Node, with the prefix or without it. */
const builtinName = new RegExp(`^(node:.+|${builtinModules.join("|")})$`);
/** What many configurations never use, or not before something is sent: plain objects of functions, and no more. */
const lazyNames = [
  "child_process",
  "dgram",
  "dns",
  "dns/promises",
  "http2",
  "https",
  "sqlite",
  "stream/consumers",
  "tls",
];
/** Getters that are read for what they give: they load no more than that. */
const readGetters = ["AsyncLocalStorage", "BlockList"];
const require = createRequire(import.meta.url);

/**
 * Imported as an ES module, a module of Node reads all that it exports, and so loads what stands behind: the `fetch` of
 * `node:http`, the worker threads of `node:util`, the Web Crypto of `node:crypto`. Required, it does not: 4 MiB and 20 ms. In
 * a program (`isLazy`) our own modules read of it what they use, and some are required when something of them is used first.
 */
export function requiredBuiltins({ isLazy }: { readonly isLazy: boolean }): Plugin {
  return {
    name: "required-builtins",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: builtinName }, ({ kind, path, importer }) => {
        if (kind === "require-call") return { path, external: true };
        return { path, namespace: isLazy && !/[/]node_modules[/]/.test(importer) ? "read" : "required" };
      });
      onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => ({
        contents: `module.exports = ${requireOf(path)}`,
      }));
      onLoad({ filter: /.*/, namespace: "read" }, ({ path }) => {
        const isLater = lazyNames.includes(path.replace("node:", ""));
        return { contents: (isLater ? lazyExports : readExports)(requireOf(path), namesOf(require(path))) };
      });
    },
  };
}

/**
 * The text of an ES module with `names` of what `required` is; those that nothing imports are not read. As a CommonJS module,
 * each importer would have an object of its own with a getter for every name: 10 ms and 1 MiB.
 */
function readExports(required: string, names: readonly string[]): string {
  const each = names.map((name) => `export const ${name} = /* @__PURE__ */ (() => builtin.${name})();`);
  return `const builtin = ${required};\nexport default builtin;\n${each.join("\n")}`;
}

function requireOf(path: string): string {
  return `require(${JSON.stringify(path)})`;
}

/** Without what loads more as it is read: `WebSocket` of `node:http`, `webcrypto` of `node:crypto`. */
function namesOf(builtin: object): readonly string[] {
  const ofFunctions = ["length", "name", "prototype", "arguments", "caller", "default"];
  const properties = Object.entries(Object.getOwnPropertyDescriptors(builtin));
  return properties.flatMap(([name, { get }]) =>
    (get === undefined || readGetters.includes(name)) && /^[A-Za-z_$][\w$]*$/.test(name) && !ofFunctions.includes(name)
      ? name
      : [],
  );
}

/** The text of a CommonJS module that evaluates `required`, once, when one of `names` is read of it. */
export function lazyExports(required: string, names: readonly string[]): string {
  return `
    let loaded;
    const load = () => (loaded ??= ${required});
    for (const name of ${JSON.stringify(names)}) {
      Object.defineProperty(exports, name, { enumerable: true, get: () => load()[name] });
    }`;
}
