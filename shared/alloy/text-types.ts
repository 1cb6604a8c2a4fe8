import { formatPlain } from "../go-number.ts";
import type { Secret } from "../secret.ts";
import { secret as hide } from "../secret.ts";
import { type ArgumentType, shouldBe } from "./argument-type.ts";
import { formatDuration, parseDuration } from "./duration.ts";
import { Mismatch } from "./mismatch.ts";
import { formatSize, parseSize } from "./size.ts";
import { bytesValueText } from "./text.ts";
import {
  type Capsule,
  isCapsule,
  isNumber,
  isOptionalSecret,
  optionalSecretType,
  secretType,
  secretValue,
  typeOf,
  type Value,
} from "./value.ts";

/** Text; a number is formatted, a bool is refused, and so is a secret. */
export const string: ArgumentType<string> = {
  name: "string",
  absent: "",
  zero: "",
  decode: textOf,
  encode: (value) => value,
};

/** Go's duration syntax (`1h30m`, `500ms`), as milliseconds. */
export const duration: ArgumentType<number> = parsed("duration", parseDuration, formatDuration);

/** `512KiB`, `10MB`: bytes, in powers of 1024. */
export const size: ArgumentType<number> = parsed("size", parseSize, formatSize);

/** Text that no log, error or page shows. Not written: undefined. */
export const secret: ArgumentType<Secret, undefined> = {
  name: "secret",
  absent: undefined,
  zero: hide(""),
  decode(value) {
    if (typeof value === "string") return hide(value);
    if (!isCapsule(value)) throw shouldBe("capsule", value);
    if (value.type === secretType) return contentOf(value);
    if (isOptionalSecret(value)) return value.content.text;
    throw new Mismatch(`expected capsule("${secretType}"), got capsule("${value.type}")`);
  },
  encode: secretValue,
};

/** Text that is a `Secret` where it came from one, as `local.file` exports it. Not written: undefined. */
export const optionalSecret: ArgumentType<string | Secret, undefined> = {
  name: "optional secret",
  absent: undefined,
  zero: "",
  decode(value) {
    if (typeof value === "string") return value;
    if (!isCapsule(value)) throw shouldBe("capsule", value);
    if (value.type === secretType) return contentOf(value);
    if (isOptionalSecret(value)) return value.content.secret ? value.content.text : value.content.text.reveal();
    throw new Mismatch(`expected capsule("${optionalSecretType}"), got capsule("${value.type}")`);
  },
  encode: (value) => ({
    kind: "capsule",
    type: optionalSecretType,
    content: { secret: typeof value !== "string", text: typeof value === "string" ? hide(value) : value },
  }),
};

/** One of `words`; `problem` words the refusal, `unrecognized log level "x"`. */
export function oneOf<const Word extends string>(
  words: readonly Word[],
  problem: (given: string) => string = (given) =>
    `unrecognized value ${JSON.stringify(given)}; it must be one of ${words.map((word) => JSON.stringify(word)).join(", ")}`,
): ArgumentType<Word, ""> {
  return {
    name: words.map((word) => JSON.stringify(word)).join(" | "),
    absent: "",
    decode(value) {
      const text = textOf(value);
      const word = words.find((each) => each === text);
      if (word === undefined) throw new Mismatch(problem(text));
      return word;
    },
    encode: (value) => value,
  };
}

/** The text of a value where a string is wanted. */
function textOf(value: Value): string {
  if (typeof value === "string") return value;
  if (isNumber(value)) return value.kind === "float" ? formatPlain(value.value) : String(value.value);
  if (isCapsule(value)) {
    if (isOptionalSecret(value) && !value.content.secret) return value.content.text.reveal();
    if (value.type === secretType || isOptionalSecret(value)) {
      throw new Mismatch("secrets may not be converted into strings");
    }
  }
  const bytes = bytesValueText(value);
  if (bytes !== undefined) return bytes;
  throw new Mismatch(`should be string, got ${typeOf(value)}`);
}

function parsed(
  name: string,
  parse: (text: string) => number | { readonly problem: string },
  format: (value: number) => string,
): ArgumentType<number> {
  return {
    name,
    absent: 0,
    zero: 0,
    decode(value) {
      const result = parse(textOf(value));
      if (typeof result === "object") throw new Mismatch(result.problem);
      return result;
    },
    encode: format,
  };
}

function contentOf({ content }: Capsule): Secret {
  return content as Secret;
}
