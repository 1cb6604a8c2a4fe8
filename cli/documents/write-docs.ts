import { writeFileSync } from "node:fs";
import { generatedDocuments } from "./generated-documents.ts";
import { pipelinesDocument } from "./pipelines.ts";

const documents = { ...(await generatedDocuments()), "docs/pipelines.md": pipelinesDocument() };
for (const [path, text] of Object.entries(documents)) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);
  console.error(`Wrote ${path}`);
}
