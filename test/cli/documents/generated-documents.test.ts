import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { generatedDocuments } from "../../../cli/documents/generated-documents.ts";
import { pipelinesDocument } from "../../../cli/documents/pipelines.ts";

const documents = { ...(await generatedDocuments()), "docs/pipelines.md": pipelinesDocument() };

describe("generatedDocuments()", () => {
  test.each(Object.entries(documents))("%s is up to date: else run `npm run docs`", (path, text) => {
    expect(readFileSync(new URL(`../../../${path}`, import.meta.url), "utf8")).toBe(text);
  });
});
