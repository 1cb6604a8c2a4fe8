import { readFileSync } from "node:fs";
import { join } from "node:path";
import { components } from "../daemon/components/components.ts";
import { configBlocks, noControls } from "../daemon/config-blocks/config-blocks.ts";
import { createController } from "../daemon/controller/controller.ts";
import { decodeBody } from "../shared/alloy/decode-body.ts";
import { parseFile } from "../shared/alloy/parse.ts";
import { printFile } from "../shared/alloy/print.ts";
import { createSource } from "../shared/alloy/source.ts";
import { vectorLibrary } from "../test/alloy/vector-scope.ts";
import { testGraphHost } from "../test/support/alloy/graph-host.ts";
import { bench } from "./harness.ts";

// How long people wait for a file: a reload of thousands of components, and targets that are decoded again whenever discovery changes them.

const example = readFileSync(join(import.meta.dirname, "../examples/host.alloy"), "utf8");

await bench(import.meta.url, {
  title: "alloy: a configuration",
  cases: {
    "1 MB of text": () => {
      const text = example.repeat(Math.ceil(1e6 / example.length));
      const source = createSource("bench", text);
      const parsed = parseFile(source);
      if (parsed.kind === "invalid") throw new Error(parsed.diagnostics[0]?.message);
      return {
        bytes: source.bytes.length,
        contenders: { parse: () => parseFile(source), "parse and print": () => printFile(parsed.tree) },
      };
    },
    "a check of 1000 scrapes": () => {
      const scrape = (index: number) =>
        `prometheus.scrape "s${index}" {\n  targets = [{"__address__" = "h${index}:9100", "job" = "j"}]\n  forward_to = [prometheus.remote_write.w.receiver]\n}\n`;
      const writer = 'prometheus.remote_write "w" {\n  endpoint { url = "http://127.0.0.1:9/api/v1/write" }\n}\n';
      const text = writer + Array.from({ length: 1_000 }, (_, index) => scrape(index)).join("");
      const source = createSource("bench", text);
      const blocks = [...configBlocks(noControls).values()];
      const controller = createController(testGraphHost({ definitions: components, configBlocks: blocks }));
      return { bytes: source.bytes.length, contenders: { check: () => controller.check([source]) } };
    },
    "10 000 targets": () => {
      const definition = components.get("prometheus.scrape");
      const source = createSource("bench", "targets = found\nforward_to = []");
      const parsed = parseFile(source);
      if (parsed.kind === "invalid" || !definition) throw new Error("there is no prometheus.scrape");
      const target = (index: number) =>
        new Map([
          ["__address__", `h${index}:9100`],
          ["instance", `h${index}`],
          ["namespace", "n"],
          ["pod", `p${index}`],
        ]);
      const found = Array.from({ length: 10_000 }, (_, index) => target(index));
      const scope = { variables: new Map([["found", found]]), library: vectorLibrary() };
      const decode = () => decodeBody(parsed.tree.body, definition.arguments, { source, scope });
      return { bytes: 10_000 * 60, contenders: { decode } };
    },
  },
});
