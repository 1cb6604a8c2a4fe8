import { Mismatch } from "../mismatch.ts";
import { any } from "../plain-types.ts";
import { bytesOfText, markBytes, textOfBytes } from "../text.ts";
import { string } from "../text-types.ts";
import { int, isCapsule, isObject, typeOf, type Value } from "../value.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { typed } from "./define.ts";
import { parseJson } from "./parse-json.ts";
import { parseYaml } from "./parse-yaml.ts";
import { writeJson } from "./write-json.ts";

/** `encoding.from_json`. */
export const fromJson = typed([string], (text) => parseJson(text));
/** `encoding.from_yaml`. */
export const fromYaml = typed([string], (text) => parseYaml(text));
/** `encoding.from_base64`. */
export const fromBase64 = typed([string], (text) => bytesOfBase64(text, { url: false }));
/** `encoding.from_URLbase64`. */
export const fromUrlBase64 = typed([string], (text) => bytesOfBase64(text, { url: true }));
/** `encoding.to_base64`. */
export const toBase64 = typed([string], (text) => encodeBase64(bytesOfText(text), { url: false }));
/** `encoding.to_URLbase64`. */
export const toUrlBase64 = typed([string], (text) => encodeBase64(bytesOfText(text), { url: true }));

/** `encoding.to_json`. */
export const toJson = typed([any], (value) => {
  if (!isObject(value)) throw new Mismatch("jsonEncode only supports map");
  return writeJson(value);
});

/** Blanks as `+`, everything but letters, digits and `-_.~` as `%XX`. */
export const urlEncode = typed([string], (text) => {
  let encoded = "";
  for (const byte of bytesOfText(text)) {
    const character = String.fromCharCode(byte);
    if (/[A-Za-z0-9._~-]/.test(character)) encoded += character;
    else encoded += character === " " ? "+" : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return encoded;
});

/** `encoding.url_decode`. */
export const urlDecode = typed([string], (text) => {
  const bytes: number[] = [];
  const given = bytesOfText(text);
  for (let index = 0; index < given.length; index++) {
    const character = String.fromCharCode(given[index] ?? 0);
    if (character !== "%") bytes.push(character === "+" ? 0x20 : (given[index] ?? 0));
    else {
      const escaped = textOfBytes(given.subarray(index, index + 3));
      if (!/^%[0-9a-fA-F]{2}$/.test(escaped)) throw new Mismatch(`invalid URL escape ${JSON.stringify(escaped)}`);
      bytes.push(Number.parseInt(escaped.slice(1), 16));
      index += 2;
    }
  }
  return textOfBytes(Uint8Array.from(bytes));
});

/** `convert.nonsensitive`: the text of a secret. */
export const nonsensitive = typed([any], (value) => {
  if (value === null) return "";
  if (typeof value === "string") return value;
  if (!isCapsule(value)) throw new Mismatch(`should be capsule, got ${typeOf(value)}`, [0]);
  return revealed(value);
});

function revealed(value: Value & { readonly content: object; readonly type: string }): string {
  const { content } = value;
  if ("reveal" in content && typeof content.reveal === "function") return String(content.reveal());
  if ("text" in content) return (content.text as { reveal(): string }).reveal();
  throw new Mismatch(`expected capsule("alloytypes.Secret"), got capsule(${JSON.stringify(value.type)})`, [0]);
}

/** Bytes as a value: an array of numbers that is text where text is wanted. */
function bytesOfBase64(text: string, options: { readonly url: boolean }): Value {
  const bytes = decodeBase64(text, options);
  if ("illegalAt" in bytes) throw new Mismatch(`illegal base64 data at input byte ${bytes.illegalAt}`);
  return markBytes(
    [...bytes].map((byte) => int(byte)),
    textOfBytes(bytes),
  );
}
