import { readFileSync } from "node:fs";
import { errorText } from "../../../shared/error-text.ts";

/** The text of a file, blanks at both ends cut off; read at each call, for it may be rotated. Throws a sentence for a person. */
export function fileText(path: string): string {
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new Error(`cannot read ${path}: ${errorText(error)}`);
  }
}
