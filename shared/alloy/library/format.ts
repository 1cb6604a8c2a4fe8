import { decodePart } from "../argument-type.ts";
import { sortedKeys } from "../go-text.ts";
import { Mismatch, within } from "../mismatch.ts";
import { string } from "../text-types.ts";
import { isArray, isCapsule, isObject, isOptionalSecret, type Value } from "../value.ts";
import { raw } from "./define.ts";
import { type Directive, formatVerb } from "./format-verb.ts";
import { goType } from "./go-type.ts";

const maxWidth = 10_000;

/** `string.format`: Go's `fmt.Sprintf`, with its marks for arguments that do not fit. A secret is refused, where Alloy prints it. */
export const format = raw((args) => {
  if (args.length === 0) throw new Mismatch("expected at least 1 args, got 0");
  const pattern = within(0, () => decodePart(string, args[0] ?? null));
  const values = args.slice(1).map((value, index) => within(index + 1, () => shown(value)));
  return sprintf(pattern, values);
});

function sprintf(pattern: string, values: readonly Value[]): string {
  const directive = /%([+\-# 0]*)(\[\d+\])?(\*|\d+)?(?:(\.)(\[\d+\])?(\*|\d+)?)?(\[\d+\])?([\s\S]?)/gu;
  let next = 0;
  let reordered = false;
  const text = pattern.replace(directive, (_whole, flags, index1, width, dot, index2, precision, index3, verb) => {
    const index = (index3 ?? index2 ?? index1) as string | undefined;
    if (verb === "") return "%!(NOVERB)";
    if (verb === "%") return "%";
    const widthValue = width === "*" ? numberIn(values[next++]) : width;
    const precisionValue = precision === "*" ? numberIn(values[next++]) : precision;
    if (index !== undefined) {
      reordered = true;
      next = Number(index.slice(1, -1)) - 1;
      if (next < 0 || next >= values.length) return `%!${verb}(BADINDEX)`;
    }
    if (next >= values.length) return `%!${verb}(MISSING)`;
    const asked: Directive = {
      verb,
      flags: new Set(flags as string),
      width: Math.min(Number(widthValue ?? 0), maxWidth),
      precision: dot === undefined ? undefined : Math.min(Number(precisionValue ?? 0), maxWidth),
    };
    return formatVerb(values[next++] ?? null, asked);
  });
  if (reordered || next >= values.length) return text;
  return `${text}%!(EXTRA ${values.slice(next).map(extra).join(", ")})`;
}

function numberIn(value: Value | undefined): number {
  return value !== undefined && value !== null && typeof value === "object" && "value" in value
    ? Number(value.value)
    : 0;
}

function extra(value: Value): string {
  const type = goType(value);
  return type === "<nil>"
    ? type
    : `${type}=${formatVerb(value, { verb: "v", flags: new Set(), width: 0, precision: undefined })}`;
}

/** A value without what must not be shown. */
function shown(value: Value): Value {
  if (isArray(value)) return value.map((each, index) => within(index, () => shown(each)));
  if (isObject(value))
    return new Map(sortedKeys(value).map((key) => [key, within(key, () => shown(value.get(key) ?? null))]));
  if (!isCapsule(value)) return value;
  if (isOptionalSecret(value) && !value.content.secret) return value.content.text.reveal();
  throw new Mismatch("secrets may not be converted into strings");
}
