import { search } from "jmespath";
import { isObject } from "../../json-document.ts";
import { InvalidStage } from "./stage.ts";

const plainNames = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*$/;
const maxLength = 4096;

/** What a path finds in an object: null when nothing, undefined when it fails, as a function on a wrong type does. */
export type JmesPath = (data: Readonly<Record<string, unknown>>) => unknown;

/** The names of a path that is nothing but names with dots between them; undefined for any other. */
export function namesOf(path: string): readonly string[] | undefined {
  return plainNames.test(path) ? path.split(".") : undefined;
}

/** Compiles a JMESPath. Names with dots between them, which are nearly all paths, need no interpreter. Throws an `InvalidStage`. */
export function compileJmesPath(path: string): JmesPath {
  const names = namesOf(path);
  if (names !== undefined) return namesPath(names);
  if (path.length > maxLength) throw invalid(`the expression is longer than ${maxLength} characters`);
  const problem = syntaxProblem(path);
  if (problem !== undefined) throw invalid(`SyntaxError: ${problem}`);
  return (data) => {
    try {
      return search(data, path) ?? null;
    } catch {
      return undefined;
    }
  };
}

function namesPath(names: readonly string[]): JmesPath {
  return (data) => {
    let found: unknown = data;
    for (const name of names) {
      if (!isObject(found) || !Object.hasOwn(found, name)) return null;
      found = (found as Readonly<Record<string, unknown>>)[name];
    }
    return found;
  };
}

function invalid(reason: string): InvalidStage {
  return new InvalidStage(`could not compile JMES expression: ${reason}`);
}

/** The library has no way to compile only: it parses first, so that what it says about no data at all is about the syntax. */
function syntaxProblem(path: string): string | undefined {
  try {
    search({}, path);
    return undefined;
  } catch (error) {
    if (!(error instanceof Error) || (error.name !== "ParserError" && error.name !== "LexerError")) return undefined;
    return /EOF/.test(error.message) ? "Incomplete expression" : error.message;
  }
}
