import { settingsDocument } from "../shared/config/document.ts";
import { telemetryDocument } from "../shared/telemetry/document.ts";

/** The pages that are written by `npm run docs`: path in the repository → text. */
export function generatedDocuments(): Readonly<Record<string, string>> {
  return { "docs/configuration.md": settingsDocument(), "docs/telemetry.md": telemetryDocument() };
}
