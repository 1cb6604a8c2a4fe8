import { builtins } from "./builtins.ts";
import type { TemplateFunction } from "./nodes.ts";
import { stageFunctions } from "./stage-functions.ts";
import { textFunctions } from "./text-functions.ts";

/** Every function that a template of a stage may call: Go's own, Alloy's, and those of sprig that work on text. */
export const functions: ReadonlyMap<string, TemplateFunction> = new Map([
  ...Object.entries(builtins),
  ...Object.entries(textFunctions),
  ...Object.entries(stageFunctions),
]);
