import { didYouMean } from "../../shared/nearest.ts";
import type { Flag } from "./flags.ts";

/** The flags and words of a command line, or what is wrong with it. */
export type ParsedFlags =
  | {
      readonly kind: "parsed";
      readonly positionals: readonly string[];
      /** The value of each flag, its default where it is not given. */
      value(name: string): string;
      /** Flags that were given and have no effect. */
      readonly withoutEffect: readonly string[];
    }
  | { readonly kind: "wrong"; readonly message: string };

/** Reads a command line as Alloy does: `--flag=value`, `--flag value`, a switch alone or with `=true`; `--` ends flags. */
export function parseFlags(args: readonly string[], known: readonly Flag[]): ParsedFlags {
  const byName = new Map(known.map((flag) => [flag.name, flag]));
  const values = new Map<string, string>();
  const positionals: string[] = [];
  const withoutEffect: string[] = [];
  for (let index = 0; index < args.length; index++) {
    const word = args[index] ?? "";
    if (word === "--") {
      positionals.push(...args.slice(index + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      positionals.push(word);
      continue;
    }
    const [, name = "", given] = /^--?([^=]+)(?:=([\s\S]*))?$/.exec(word) ?? [];
    const flag = byName.get(name);
    if (!flag)
      return wrong(
        `unknown flag: ${word.split("=")[0]}.${didYouMean(name, [...byName.keys()]).replace(/mean /, "mean --")}`,
      );
    const value = given ?? (flag.type === "boolean" ? "true" : args[++index]);
    if (value === undefined) return wrong(`flag needs an argument: --${name}`);
    if (flag.type === "boolean" && !/^(?:true|false|1|0|t|f|T|F|TRUE|FALSE|True|False)$/.test(value)) {
      return wrong(`invalid argument ${JSON.stringify(value)} for "--${name}" flag: it is true or false`);
    }
    const plain = flag.type === "boolean" ? String(/^[1tT]/.test(value)) : value;
    if (flag.unsupported !== undefined && plain !== flag.default) {
      return wrong(`--${name}=${plain} is not supported: ${flag.unsupported}`);
    }
    if (flag.ignored && plain !== flag.default) withoutEffect.push(`--${name}`);
    values.set(name, plain);
  }
  return {
    kind: "parsed",
    positionals,
    withoutEffect,
    value: (name) => values.get(name) ?? byName.get(name)?.default ?? "",
  };
}

function wrong(message: string): ParsedFlags {
  return { kind: "wrong", message };
}
