import { Mismatch } from "../mismatch.ts";
import { any } from "../plain-types.ts";
import { bytesOfText, markBytes, textOfBytes } from "../text.ts";
import { string } from "../text-types.ts";
import { int, isCapsule, isObject, typeOf, type Value } from "../value.ts";
import { typed } from "./define.ts";
import { parseJson } from "./parse-json.ts";
import { parseYaml } from "./parse-yaml.ts";
import { writeJson } from "./write-json.ts";

const standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const forUrls = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

export const fromJson = typed([string], (text) => parseJson(text));
export const fromYaml = typed([string], (text) => parseYaml(text));
export const fromBase64 = typed([string], (text) => bytesValue(decodeBase64(text, standard)));
export const fromUrlBase64 = typed([string], (text) => bytesValue(decodeBase64(text, forUrls)));
export const toBase64 = typed([string], (text) => encodeBase64(bytesOfText(text), standard));
export const toUrlBase64 = typed([string], (text) => encodeBase64(bytesOfText(text), forUrls));

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
function bytesValue(bytes: Uint8Array): Value {
  return markBytes(
    [...bytes].map((byte) => int(byte)),
    textOfBytes(bytes),
  );
}

function encodeBase64(bytes: Uint8Array, alphabet: string): string {
  let encoded = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = bytes.subarray(index, index + 3);
    encoded += alphabet.charAt(a >> 2) + alphabet.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    encoded += b === undefined ? "=" : alphabet.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    encoded += c === undefined ? "=" : alphabet.charAt(c & 63);
  }
  return encoded;
}

/** Padded base64, line breaks inside skipped, as Go's decoder takes it, with its words for where it stops. */
function decodeBase64(text: string, alphabet: string): Uint8Array {
  const bytes: number[] = [];
  let group: number[] = [];
  let at = 0;
  const illegal = (place: number) => new Mismatch(`illegal base64 data at input byte ${place}`);
  for (; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\n" || character === "\r") continue;
    const value = alphabet.indexOf(character);
    if (value >= 0) {
      group.push(value);
      if (group.length === 4) {
        bytes.push(...bytesOfGroup(group));
        group = [];
      }
      continue;
    }
    if (character !== "=" || group.length < 2) throw illegal(at);
    const rest = text.slice(at).replace(/[\r\n]/g, "");
    const padding = 4 - group.length;
    if (!rest.startsWith("=".repeat(padding))) throw illegal(rest.length < padding ? text.length : at + 1);
    if (rest.length > padding) throw illegal(at + padding);
    bytes.push(...bytesOfGroup(group));
    return Uint8Array.from(bytes);
  }
  if (group.length > 0) throw illegal(text.length - group.length);
  return Uint8Array.from(bytes);
}

function bytesOfGroup(group: readonly number[]): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0] = group;
  return [(a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d].slice(0, group.length - 1);
}
