import { mapOf } from "../../edit/any-value.ts";
import { Failure } from "../failure.ts";
import { textConverter } from "./text-converter.ts";

const headers = ["device_vendor", "device_product", "device_version", "device_event_class_id", "name", "severity"];
const escapes: Readonly<Record<string, string>> = { "\\": "\\", "=": "=", n: "\n", r: "\r" };
const key = /[A-Za-z0-9_]+=/y;

/** `ParseCEF`: a message of ArcSight's Common Event Format, whatever stands before it. */
export const parseCef = textConverter("ParseCEF", (text) => {
  if (text === "") throw new Failure("cannot parse empty CEF message");
  const start = text.indexOf("CEF:");
  if (start < 0) throw new Failure("invalid CEF message: 'CEF:' not found");
  const { fields, extension } = splitHeader(text.slice(start));
  const [version, ...others] = fields as [string, ...string[]];
  if (version === "CEF:") throw new Failure("invalid CEF message: missing version");
  return mapOf([
    ["cef.version", version.slice("CEF:".length)],
    ...headers.map((name, index) => [`cef.${name}`, (others[index] ?? "").replace(/\\([\\|])/g, "$1")] as const),
    ["cef.extensions", mapOf(extensionsOf(extension))],
  ]);
});

/** The seven fields between bars that no backslash precedes, and what comes behind them. */
function splitHeader(text: string): { fields: string[]; extension: string } {
  const fields: string[] = [];
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === "\\" && (text[at + 1] === "|" || text[at + 1] === "\\")) at++;
    else if (text[at] === "|") {
      fields.push(text.slice(from, at));
      from = at + 1;
      if (fields.length === headers.length + 1) return { fields, extension: text.slice(from) };
    }
  }
  fields.push(text.slice(from));
  if (fields.length <= headers.length)
    throw new Failure(`invalid CEF header: expected ${headers.length + 1} fields between bars, got ${fields.length}`);
  return { fields, extension: "" };
}

/** `key=value` with blanks between; a value goes on until a blank with another key behind it. */
function extensionsOf(text: string): Map<string, string> {
  const found = new Map<string, string>();
  let name: string | undefined;
  let from = 0;
  const end = (to: number): void => {
    if (name === undefined) return;
    let last = to;
    while (last > from && text[last - 1] === " ") last--;
    const value = text.slice(from, last);
    found.set(
      name,
      value.replace(/\\([\\=nr])/g, (_all, letter: string) => escapes[letter] ?? letter),
    );
  };
  for (let at = 0; at < text.length; ) {
    key.lastIndex = at;
    const match = at === 0 || text[at - 1] === " " ? key.exec(text)?.[0] : undefined;
    if (match === undefined) at++;
    else {
      end(at);
      name = match.slice(0, -1);
      at += match.length;
      from = at;
    }
  }
  end(text.length);
  return found;
}
