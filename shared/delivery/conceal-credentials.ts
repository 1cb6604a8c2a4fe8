import type { ExportRequest, TransportAnswer } from "./transport.ts";

/** Shorter ones stand in ordinary words: hiding them would hide the words. */
const minLength = 4;
/** A text that was cut may end in the middle of a credential: this much of one is taken for it. */
const minPrefixLength = 6;

/**
 * Replaces what was sent as credentials in whatever comes back: a destination, or a proxy, that echoes headers must not put
 * them into the log, a dead letter, or another client's answer.
 */
export interface Concealer {
  /** The answer with every credential masked, byte for byte, so that a message in protobuf stays one. */
  answer(answer: TransportAnswer): TransportAnswer;
  text(text: string): string;
}

/** Knows the credentials as the header values that `authorized` has and `plain` has not, and those of the proxy's URL. */
export function createConcealer(plain: ExportRequest, authorized: ExportRequest): Concealer {
  let known: Known | undefined;

  return {
    answer(answer) {
      if (answer.kind === "failed") return { ...answer, reason: text(answer.reason) };
      // Nearly every answer: nothing is said, so nothing can be echoed.
      if (answer.status === 200 && answer.body.length === 0) return answer;
      const headers = Object.entries(answer.headers).map(([name, value]) => [name, text(value)]);
      return { ...answer, headers: Object.fromEntries(headers), body: masked(answer.body) };
    },
    text,
  };

  function text(given: string): string {
    const { forms, pattern } = find();
    if (!pattern) return given;
    const hidden = given.replace(pattern, "[secret]");
    const cut = hidden.replace(/…$/, "");
    for (const form of forms) {
      for (let length = Math.min(form.length - 1, cut.length); length >= minPrefixLength; length--) {
        if (cut.endsWith(form.slice(0, length))) return `${cut.slice(0, -length)}[secret]`;
      }
    }
    return hidden;
  }

  function masked(body: Uint8Array): Uint8Array {
    const { pattern } = find();
    if (!pattern) return body;
    const latin = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("latin1");
    const hidden = latin.replace(pattern, (found) => "*".repeat(found.length));
    return hidden === latin ? body : Buffer.from(hidden, "latin1");
  }

  function find(): Known {
    if (known) return known;
    const values = Object.entries(authorized.headers)
      .filter(([name, value]) => plain.headers[name] !== value)
      .map(([, value]) => value);
    const proxy = authorized.proxyUrl === undefined ? undefined : URL.parse(authorized.proxyUrl);
    const forms = formsOf([...values, ...(proxy ? [proxy.password, decoded(proxy.password)] : [])]);
    known = { forms, pattern: forms.length === 0 ? undefined : new RegExp(forms.map(loosely).join("|"), "gi") };
    return known;
  }
}

interface Known {
  readonly forms: readonly string[];
  readonly pattern: RegExp | undefined;
}

/** A header's value, its token, what its base64 says, the password in that; plain, URL-encoded, in base64, in hexadecimal, as a JSON text. */
function formsOf(values: readonly string[]): readonly string[] {
  const forms = new Set<string>();
  for (const value of values) {
    const token = value.slice(value.indexOf(" ") + 1);
    const inside = /^basic /i.test(value) ? Buffer.from(token, "base64").toString("utf8") : "";
    const password = inside.slice(inside.indexOf(":") + 1);
    for (const form of [value, token, inside, password]) {
      for (const each of [form, encodeURIComponent(form), JSON.stringify(form).slice(1, -1), base64(form), hex(form)]) {
        if (form.length >= minLength) forms.add(each);
      }
    }
  }
  // The longest first: a form may hold another one.
  return [...forms].sort((a, b) => b.length - a.length);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64").replace(/=+$/, "");
}

function hex(text: string): string {
  return Buffer.from(text).toString("hex");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** As a pattern in which what is neither letter nor digit may be escaped as URLs, JSON, HTML, or base64 for URLs do it. */
function loosely(text: string): string {
  return text.replace(/[^a-z0-9]/gi, (character) => {
    const code = character.charCodeAt(0);
    const digits = code.toString(16).padStart(2, "0");
    const ways = [`\\\\?\\x${digits}`, `%${digits}`, `=${digits}`, `\\\\u00${digits}`, `&#(?:0*${code}|x0*${digits});`];
    const other = { "+": "-", "/": "_", "&": "&amp;", '"': "&quot;", "<": "&lt;", ">": "&gt;" }[character];
    return code > 0xff
      ? `\\u${code.toString(16).padStart(4, "0")}`
      : `(?:${[...ways, ...(other ? [other] : [])].join("|")})`;
  });
}
