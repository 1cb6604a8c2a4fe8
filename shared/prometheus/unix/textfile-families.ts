/** A family of a text file: its samples as lines, each ended by a newline. */
export interface TextFamily {
  readonly name: string;
  readonly type: string;
  readonly help: string | undefined;
  readonly lines: string;
}

const types = new Set(["counter", "gauge", "histogram", "summary", "untyped"]);
const maxLineChars = 65_536;
const label = '[a-zA-Z_][a-zA-Z0-9_]*[ \\t]*=[ \\t]*"(?:[^"\\\\\\n]|\\\\.)*"[ \\t]*';
const sample = new RegExp(
  `^([a-zA-Z_:][a-zA-Z0-9_:]*)[ \\t]*(?:\\{[ \\t]*(?:${label}(?:,[ \\t]*|(?=\\})))*\\})?[ \\t]+([^ \\t]+)([ \\t]+-?\\d+)?[ \\t]*$`,
);
const number = /^[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+(?:e[-+]?\d+)?|inf|infinity|nan)$/i;

/**
 * Reads text of the exposition format 0.0.4 into families. Throws on the first line that is not in it and on timestamps,
 * which a file cannot have: its samples count as being of now.
 */
export function readFamilies(text: string): TextFamily[] {
  const families = new Map<string, { type: string; help: string | undefined; lines: string }>();
  const family = (name: string) => {
    const known = families.get(name) ?? { type: "untyped", help: undefined, lines: "" };
    families.set(name, known);
    return known;
  };

  text.split("\n").forEach((line, index) => {
    const fail = (what: string) => new Error(`line ${index + 1}: ${what}`);
    if (line.length > maxLineChars) throw fail(`longer than ${maxLineChars} characters`);
    const comment = /^[ \t]*#[ \t]*(HELP|TYPE)[ \t]+([a-zA-Z_:][a-zA-Z0-9_:]*)[ \t]*(.*)$/.exec(line);
    if (comment) {
      const [, kind, name = "", rest = ""] = comment;
      if (kind === "HELP") {
        family(name).help = rest.replaceAll("\\n", "\n").replaceAll("\\\\", "\\");
      } else {
        if (!types.has(rest)) throw fail(`unknown type ${JSON.stringify(rest)}`);
        family(name).type = rest;
      }
      return;
    }
    if (/^[ \t]*(#|$)/.test(line)) return;
    const match = sample.exec(line.trimStart());
    if (!match || !number.test(match[2] ?? "")) throw fail("not a sample");
    if (match[3] !== undefined) throw fail("timestamps are not supported in text files");
    family(owner(match[1] ?? "", families)).lines += `${line.trim()}\n`;
  });
  return [...families].map(([name, { type, help, lines }]) => ({ name, type, help, lines }));
}

/** The family of a sample: a histogram's or a summary's where the name is theirs with a suffix. */
function owner(name: string, families: ReadonlyMap<string, { readonly type: string }>): string {
  const base = /^(.+)_(bucket|sum|count)$/.exec(name)?.[1];
  const type = base === undefined ? undefined : families.get(base)?.type;
  const parts = type === "histogram" || (type === "summary" && !name.endsWith("_bucket"));
  return base !== undefined && parts ? base : name;
}
