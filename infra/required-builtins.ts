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
const require = createRequire(import.meta.url);

/**
 * Imported as an ES module, a module of Node reads all that it exports, and so loads what stands behind: the `fetch` of
 * `node:http`, the worker threads of `node:util`, the Web Crypto of `node:crypto`. Required, it does not: 4 MiB and 20 ms.
 * With `isLazy`, some are required when something of them is used first.
 */
export function requiredBuiltins({ isLazy }: { readonly isLazy: boolean }): Plugin {
  return {
    name: "required-builtins",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: builtinName }, ({ kind, path }) =>
        kind === "require-call" ? { path, external: true } : { path, namespace: "required" },
      );
      onLoad({ filter: /.*/, namespace: "required" }, ({ path }) => {
        const required = `require(${JSON.stringify(path)})`;
        const isLater = isLazy && lazyNames.includes(path.replace("node:", ""));
        return {
          contents: isLater ? lazyExports(required, Object.keys(require(path))) : `module.exports = ${required}`,
        };
      });
    },
  };
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
