import { SourceMap } from "node:module";
import { Script } from "node:vm";
import { build } from "esbuild";
import { describe, expect, it } from "vitest";
import { asScript } from "../../../infra/program/as-script.ts";
import { shiftMap } from "../../../infra/program/shift-map.ts";

const source = `import { a } from "./x.mjs";
import { b } from "./y.mjs";

export const text = \`two
lines\`;

export async function fails() {
  const { c } = await import("./z.mjs");
  throw new Error(a + b + c);
}

export function failsAtOnce() {
  throw new Error(text);
}
`;

describe("shiftMap()", () => {
  it("says of a place in a script where it is in the sources, before and behind what the script has changed", async () => {
    const { outputFiles } = await build({
      stdin: { contents: source, sourcefile: "source.ts", loader: "ts" },
      bundle: true,
      external: ["./*"],
      format: "esm",
      minify: true,
      sourcemap: "external",
      outfile: "m.mjs",
      write: false,
    });
    const [map = "", module = ""] = outputFiles.map(({ text }) => text);
    const { text, columnOf } = asScript("m.mjs", module);
    const found = new SourceMap(JSON.parse(shiftMap(map, columnOf)));
    const made = new Script(text, { filename: "m.js" }).runInThisContext();
    const exports = made(
      () => ({ a: "a", b: "b" }),
      async () => ({ c: "c" }),
      { exports: {} },
    );
    const placeOf = (error: Error) => {
      const [, line, column] = /m\.js:(\d+):(\d+)/.exec(error.stack ?? "") ?? [];
      const entry = found.findEntry(Number(line) - 1, Number(column) - 1);
      return "originalLine" in entry ? `${entry.originalLine + 1}:${entry.originalColumn + 1}` : undefined;
    };
    expect(placeOf(await exports.fails().catch((error: Error) => error))).toBe("9:9");
    const thrown = (() => {
      try {
        return exports.failsAtOnce();
      } catch (error) {
        return error;
      }
    })();
    expect(placeOf(thrown)).toBe("13:9");
  });
});
