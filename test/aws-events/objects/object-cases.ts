import { readFileSync } from "node:fs";

/** One case of `test/fixtures/aws-objects.json`: an event, an object or a line, and what is to come of it. */
export interface ObjectCase {
  readonly name: string;
  readonly group: "s3" | "object" | "line" | "alb-line";
  readonly input: Readonly<Record<string, unknown>>;
  readonly outcome: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const file = new URL("../../fixtures/aws-objects.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(file, "utf8")) as { readonly cases: readonly ObjectCase[] };

/** The case of a name. Throws where there is none. */
export function caseOf(name: string): ObjectCase {
  const found = cases.find((one) => one.name === name);
  if (!found) throw new Error(`no case is called ${name}`);
  return found;
}
