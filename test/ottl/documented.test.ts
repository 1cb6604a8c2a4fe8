import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { contexts } from "../../shared/ottl/contexts.ts";
import { functionsOf } from "../../shared/ottl/functions/functions.ts";

const text = readFileSync(join(import.meta.dirname, "../../docs/ottl.md"), "utf8");

describe("docs/ottl.md", () => {
  it.each(Object.values(contexts))("names every function of the context $name", ({ name }) => {
    const known = (["transform", "filter"] as const).flatMap((kind) => {
      const { converters, editors } = functionsOf(name, kind);
      return [...converters.keys(), ...editors.keys()];
    });
    expect(known.filter((each) => !text.includes(`\`${each}\``))).toEqual([]);
  });
});
