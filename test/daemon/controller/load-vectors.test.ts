import { describe, expect, it } from "vitest";
import { components } from "../../../daemon/components/components.ts";
import { configBlocks, noControls } from "../../../daemon/config-blocks/config-blocks.ts";
import { alloyComponents } from "../../../daemon/controller/alloy-components.ts";
import type { Stability } from "../../../daemon/controller/component.ts";
import { createController } from "../../../daemon/controller/controller.ts";
import { parseFile } from "../../../shared/alloy/parse.ts";
import { reportDiagnostics } from "../../../shared/alloy/report.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import vectors from "../../fixtures/alloy/load.json" with { type: "json" };
import { testGraphHost } from "../../support/alloy/graph-host.ts";

interface LoadCase {
  readonly name: string;
  readonly source: string;
  readonly flags?: readonly string[];
  readonly unordered?: boolean;
  readonly run: { readonly state: string; readonly text: string };
}

/** Where Sluice says something else than Alloy on purpose, and what. */
const deviations: Readonly<Record<string, string>> = {
  cycle: "Error: config.alloy:1:1: cycle detected: discovery.relabel.a, discovery.relabel.b",
  "self reference": "Error: config.alloy:1:1: cannot reference self",
  "module with an unknown argument": 'Error: config.alloy:7:3: Provided argument "z" is not defined in the module',
};

describe("files that Alloy's controller has loaded", () => {
  for (const each of vectors.cases as readonly LoadCase[]) {
    const missing = unknownComponents(each.source);
    // Seen in the report of the tests until the components are there.
    it.skipIf(missing.length > 0)(
      `${each.name}${missing.length > 0 ? ` (needs ${missing.join(", ")})` : ""}`,
      async () => {
        const printed = (await load(each)).replace(/^Hint: .*\n/gm, "");
        const deviation = deviations[each.name];
        if (deviation !== undefined) expect(printed).toContain(deviation);
        else if (each.run.state === "running") expect(printed).toBe("");
        else {
          const expected = each.run.text.replace(/\n\nError: could not perform the initial load successfully$/, "\n");
          const parts = (text: string) => text.split("\nError: ").map((part) => part.trim().replace(/^Error: /, ""));
          if (each.unordered) expect(parts(printed).toSorted()).toEqual(parts(expected).toSorted());
          else expect(printed.trimEnd()).toBe(expected.trimEnd());
        }
      },
    );
  }
});

async function load({ source: text, flags = [] }: LoadCase): Promise<string> {
  const stability = flags.map((flag) => flag.split("=")[1]).at(0) as Stability | undefined;
  const blocks = [...configBlocks(noControls).values()];
  const host = testGraphHost({ definitions: components, configBlocks: blocks, ...(stability ? { stability } : {}) });
  const source = createSource("config.alloy", text);
  const outcome = await createController(host).check([source]);
  if (outcome.kind === "loaded") return "";
  return reportDiagnostics(outcome.diagnostics, { sources: new Map([[source.name, source]]) });
}

/** Components of Alloy in a file that are not there yet. */
function unknownComponents(text: string): readonly string[] {
  const parsed = parseFile(createSource("", text));
  if (parsed.kind === "invalid") return [];
  const names = parsed.tree.body.map(({ name }) => name);
  return [...new Set(names.filter((name) => alloyComponents.has(name) && !components.has(name)))];
}
