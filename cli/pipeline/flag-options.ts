import { type Flag, flags } from "../../daemon/pipeline/flags.ts";
import type { OptionSpec } from "../command.ts";

/** Alloy's flags as the help of a command lists them. */
export function flagOptions(): Readonly<Record<string, OptionSpec>> {
  return Object.fromEntries(flags.map((flag) => [flag.name, optionOf(flag)]));
}

function optionOf({ type, default: fallback, help }: Flag): OptionSpec {
  const text = fallback === "" ? help : `${help} (default: ${fallback})`;
  return type === "boolean" ? { type, help: text } : { type, placeholder: "VALUE", help: text };
}
