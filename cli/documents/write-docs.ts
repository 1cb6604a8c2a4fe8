import { writeFileSync } from "node:fs";
import { generatedDocuments } from "./generated-documents.ts";

for (const [path, text] of Object.entries(await generatedDocuments())) {
  writeFileSync(new URL(`../../${path}`, import.meta.url), text);
  console.error(`Wrote ${path}`);
}
