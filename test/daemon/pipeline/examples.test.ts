import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { components } from "../../../daemon/components/components.ts";
import { configBlocks, noControls } from "../../../daemon/config-blocks/config-blocks.ts";
import { createController } from "../../../daemon/controller/controller.ts";
import { parseFile } from "../../../shared/alloy/parse.ts";
import { printFile } from "../../../shared/alloy/print.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import { testGraphHost } from "../../support/alloy/graph-host.ts";

const directory = join(import.meta.dirname, "../../../examples");
const env = {
  PROMETHEUS_URL: "http://127.0.0.1:9/api/v1/write",
  LOKI_URL: "http://127.0.0.1:9/loki/api/v1/push",
  OTLP_URL: "http://127.0.0.1:9/otlp",
  INSTANCE_ID: "1",
  API_KEY: "k",
  GRAFANA_CLOUD_OTLP_ENDPOINT: "http://127.0.0.1:9/otlp",
  GRAFANA_CLOUD_INSTANCE_ID: "1",
  GRAFANA_CLOUD_API_KEY: "k",
};

describe("the examples", () => {
  it.each(readdirSync(directory).filter((name) => name.endsWith(".alloy")))(
    "%s is formatted, and loads",
    async (name) => {
      const source = createSource(name, readFileSync(join(directory, name)));
      const parsed = parseFile(source);
      expect(parsed.kind === "parsed" && printFile(parsed.tree)).toBe(new TextDecoder().decode(source.bytes));
      const blocks = [...configBlocks(noControls).values()];
      const host = testGraphHost({ definitions: components, configBlocks: blocks, env });
      expect(await createController(host).check([source])).toEqual({ kind: "loaded", warnings: [] });
    },
  );
});
