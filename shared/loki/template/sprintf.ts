import { quote } from "../../go-string.ts";
import type { TemplateValue } from "./nodes.ts";
import { printed } from "./values.ts";

const maxWidth = 1_000_000;

/** Go's `fmt.Sprintf` for the verbs that make sense on text, whole numbers, fractions and booleans. */
export function sprintf(format: string, args: readonly TemplateValue[]): string {
  let used = 0;
  const text = format.replace(
    /%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g,
    (verb, flags: string, width: string, precision: string | undefined, letter: string) => {
      if (letter === "%") return "%";
      if (used >= args.length) return `%!${letter}(MISSING)`;
      const value = args[used];
      used += 1;
      const shown =
        show(value, letter, precision === undefined ? undefined : Number(precision)) ??
        `%!${letter}(${typeName(value)}=${printed(value)})`;
      return verb === "" ? "" : pad(shown, flags, Math.min(Number(width), maxWidth), typeof value === "number");
    },
  );
  const extra = args.slice(used);
  return extra.length === 0
    ? text
    : `${text}%!(EXTRA ${extra.map((each) => `${typeName(each)}=${printed(each)}`).join(", ")})`;
}

function show(value: TemplateValue, letter: string, precision: number | undefined): string | undefined {
  switch (letter) {
    case "v":
      return printed(value);
    case "s":
      return typeof value === "string" ? value.slice(0, precision) : undefined;
    case "q":
      return typeof value === "string" ? quote(value) : undefined;
    case "d":
      return typeof value === "number" && Number.isInteger(value) ? String(value) : undefined;
    case "f":
      return typeof value === "number" ? value.toFixed(Math.min(precision ?? 6, 100)) : undefined;
    case "t":
      return typeof value === "boolean" ? String(value) : undefined;
    case "x":
      if (typeof value === "number" && Number.isInteger(value)) return value.toString(16);
      return typeof value === "string" ? Buffer.from(value).toString("hex") : undefined;
    default:
      return undefined;
  }
}

function pad(text: string, flags: string, width: number, isNumber: boolean): string {
  const signed = isNumber && flags.includes("+") && !text.startsWith("-") ? `+${text}` : text;
  if (flags.includes("-")) return signed.padEnd(width);
  return signed.padStart(width, flags.includes("0") && isNumber ? "0" : " ");
}

function typeName(value: TemplateValue): string {
  if (typeof value === "number") return Number.isInteger(value) ? "int" : "float64";
  return value === undefined ? "<nil>" : typeof value === "boolean" ? "bool" : typeof value;
}
