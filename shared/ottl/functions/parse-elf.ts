import { type AnyValue, ListValue, mapOf } from "../../edit/any-value.ts";
import { Failure } from "../failure.ts";
import { fieldsOf, trimSpace } from "./go-space.ts";
import { textConverter } from "./text-converter.ts";

const directives: Readonly<Record<string, string>> = {
  version: "elf.version",
  software: "elf.software",
  date: "elf.date",
  "start-date": "elf.start_date",
  "end-date": "elf.end_date",
  remark: "elf.remark",
};

/** `ParseELF`: a text in the Extended Log Format of the W3C, with its directives and a map for each line. */
export const parseElf = textConverter("ParseELF", (text) => {
  if (text === "") throw new Failure("cannot parse empty ELF message");
  const found = new Map<string, AnyValue>();
  const entries: AnyValue[] = [];
  let fields: string[] = [];
  for (const raw of text.split(/\r\n?|\n/)) {
    const line = trimSpace(raw);
    if (line === "") continue;
    if (!line.startsWith("#")) {
      if (fields.length === 0) throw new Failure("invalid ELF: data entry found before #Fields directive");
      const values = valuesOf(line);
      entries.push(mapOf(new Map(fields.map((field, index) => [field, values[index] ?? "-"]))));
      continue;
    }
    const colon = line.indexOf(":");
    const name = trimSpace(line.slice(1, colon < 0 ? undefined : colon)).toLowerCase();
    if (colon < 0) {
      if (name.startsWith("fields"))
        throw new Failure(`invalid ELF: malformed #Fields directive ${JSON.stringify(line)}`);
      continue;
    }
    const value = trimSpace(line.slice(colon + 1));
    if (name === "fields") fields = fieldsOf(value);
    else if (Object.hasOwn(directives, name)) found.set(directives[name] as string, value);
  }
  if (!found.has("elf.version")) throw new Failure("invalid ELF: missing #Version directive");
  return mapOf([...found, ["elf.fields", new ListValue(fields)], ["elf.entries", new ListValue(entries)]]);
});

/** The values of a line: words, and text in quotes, in which two quotes are one. */
function valuesOf(line: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < line.length; ) {
    const character = line[at];
    if (character === " " || character === "\t") at++;
    else if (character === '"') {
      let value = "";
      for (let end = line.indexOf('"', ++at); ; end = line.indexOf('"', at)) {
        if (end < 0) throw new Failure(`invalid ELF: unterminated quoted value in data line: ${JSON.stringify(line)}`);
        value += line.slice(at, end);
        at = end + 1;
        if (line[at] !== '"') break;
        value += '"';
        at++;
      }
      values.push(value);
    } else {
      const from = at;
      while (at < line.length && line[at] !== " " && line[at] !== "\t") at++;
      values.push(line.slice(from, at));
    }
  }
  return values;
}
