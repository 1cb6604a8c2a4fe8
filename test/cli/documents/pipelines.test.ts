import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { pipelinesDocument } from "../../../cli/documents/pipelines.ts";
import { components } from "../../../daemon/components/components.ts";
import { alloyComponents } from "../../../daemon/controller/alloy-components.ts";

describe("pipelinesDocument()", () => {
  const text = pipelinesDocument();

  it("describes every component with its arguments, and names those that are missing", () => {
    for (const name of components.keys()) expect(text).toContain(`\n### ${name}\n`);
    for (const name of alloyComponents.keys()) if (!components.has(name)) expect(text).toContain(`\`${name}\``);
    expect(text).toMatch(/### prometheus\.scrape[^#]*\| `scrape_interval` \| duration \| `"1m0s"` \|/s);
  });

  it("is written by `npm run docs`", () => {
    const written = readFileSync(new URL("../../../docs/pipelines.md", import.meta.url), "utf8");
    expect(written).toContain("# Pipelines");
  });
});
