import { compileRe2, type Re2 } from "../../re2/re2.ts";
import { InvalidStage } from "./stage.ts";

/** Compiles the pattern of a stage; throws an `InvalidStage` with `prefix` in front of what is wrong. */
export function compilePattern(pattern: string, prefix = ""): Re2 {
  const compiled = compileRe2(pattern);
  if (compiled.kind === "re2") return compiled.re2;
  throw new InvalidStage(prefix === "" ? compiled.message : `${prefix}: ${compiled.message}`);
}

/** The same for a pattern that may be left out. */
export function compileOptional(pattern: string, prefix = ""): Re2 | undefined {
  return pattern === "" ? undefined : compilePattern(pattern, prefix);
}

/** Refuses a source that is written and empty. */
export function checkSource(source: string | undefined): void {
  if (source === "") throw new InvalidStage("empty source");
}
