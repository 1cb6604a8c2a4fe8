import { sprintf, type ValueWriter } from "../../go-sprintf.ts";
import { decodePart } from "../argument-type.ts";
import { sortedKeys } from "../go-text.ts";
import { Mismatch, within } from "../mismatch.ts";
import { bytesOfText, textOfBytes } from "../text.ts";
import { string } from "../text-types.ts";
import { isArray, isCapsule, isObject, isOptionalSecret, type Value } from "../value.ts";
import { raw } from "./define.ts";
import { formatVerb } from "./format-verb.ts";
import { goType } from "./go-type.ts";

const writer: ValueWriter<Value> = {
  maxWidth: 10_000,
  write: formatVerb,
  typeOf: (value) => (value === null ? undefined : goType(value)),
  wholeOf: (value) =>
    value !== null && typeof value === "object" && "kind" in value && (value.kind === "int" || value.kind === "uint")
      ? Number(value.value)
      : undefined,
};

/** `string.format`: Go's `fmt.Sprintf`, with its marks for arguments that do not fit. A secret is refused, where Alloy prints it. */
export const format = raw((args) => {
  if (args.length === 0) throw new Mismatch("expected at least 1 args, got 0");
  const pattern = within(0, () => decodePart(string, args[0] ?? null));
  const values = args.slice(1).map((value, index) => within(index + 1, () => shown(value)));
  const text = sprintf(pattern, values, writer);
  return text.isWellFormed() ? text : textOfBytes(bytesOfText(text));
});

/** A value without what must not be shown. */
function shown(value: Value): Value {
  if (isArray(value)) return value.map((each, index) => within(index, () => shown(each)));
  if (isObject(value))
    return new Map(sortedKeys(value).map((key) => [key, within(key, () => shown(value.get(key) ?? null))]));
  if (!isCapsule(value)) return value;
  if (isOptionalSecret(value) && !value.content.secret) return value.content.text.reveal();
  throw new Mismatch("secrets may not be converted into strings");
}
