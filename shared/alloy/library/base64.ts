const standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const forUrls = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** `url`: with `-` and `_` in place of `+` and `/`. */
interface Base64Options {
  readonly url: boolean;
}

/** Bytes as base64, with padding. */
export function encodeBase64(bytes: Uint8Array, { url }: Base64Options): string {
  const alphabet = url ? forUrls : standard;
  let encoded = "";
  for (let index = 0; index < bytes.length; index += 3) {
    const [a = 0, b, c] = bytes.subarray(index, index + 3);
    encoded += alphabet.charAt(a >> 2) + alphabet.charAt(((a & 3) << 4) | ((b ?? 0) >> 4));
    encoded += b === undefined ? "=" : alphabet.charAt(((b & 15) << 2) | ((c ?? 0) >> 6));
    encoded += c === undefined ? "=" : alphabet.charAt(c & 63);
  }
  return encoded;
}

/** Padded base64, line breaks inside skipped, as Go's decoder takes it; otherwise the byte at which it stops. */
export function decodeBase64(text: string, { url }: Base64Options): Uint8Array | { readonly illegalAt: number } {
  const alphabet = url ? forUrls : standard;
  const bytes: number[] = [];
  let group: number[] = [];
  let at = 0;
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
    if (character !== "=" || group.length < 2) return { illegalAt: at };
    const rest = text.slice(at).replace(/[\r\n]/g, "");
    const padding = 4 - group.length;
    if (!rest.startsWith("=".repeat(padding))) return { illegalAt: rest.length < padding ? text.length : at + 1 };
    if (rest.length > padding) return { illegalAt: at + padding };
    bytes.push(...bytesOfGroup(group));
    return Uint8Array.from(bytes);
  }
  return group.length > 0 ? { illegalAt: text.length - group.length } : Uint8Array.from(bytes);
}

function bytesOfGroup(group: readonly number[]): readonly number[] {
  const [a = 0, b = 0, c = 0, d = 0] = group;
  return [(a << 2) | (b >> 4), ((b & 15) << 4) | (c >> 2), ((c & 3) << 6) | d].slice(0, group.length - 1);
}
