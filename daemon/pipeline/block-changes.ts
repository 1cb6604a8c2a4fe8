import type { Statement } from "../../shared/alloy/ast.ts";
import { placeText } from "../../shared/alloy/diagnostic.ts";
import { parseFile } from "../../shared/alloy/parse.ts";
import type { Source } from "../../shared/alloy/source.ts";
import type { BlockChange } from "../../shared/overview/pipeline.ts";

interface Written {
  readonly statement: Statement;
  readonly source: Source;
}

/** Which blocks are written in another way than before, and what in them: names alone, because values may be secrets. */
export function blockChanges(before: readonly Source[], after: readonly Source[]): readonly BlockChange[] {
  const [old, fresh] = [blocksOf(before), blocksOf(after)];
  const removed = [...old].flatMap(([id, written]) => (fresh.has(id) ? [] : [change(id, "removed", written, [])]));
  const others = [...fresh].flatMap(([id, written]): readonly BlockChange[] => {
    const was = old.get(id);
    if (!was) return [change(id, "added", written, [])];
    if (textsOf([was]) === textsOf([written])) return [];
    return [change(id, "changed", written, fieldChanges(insideOf(was), insideOf(written)))];
  });
  return [...removed, ...others];
}

function change(
  id: string,
  what: BlockChange["what"],
  { statement, source }: Written,
  fields: readonly string[],
): BlockChange {
  return { id, what, place: placeText(source.position(statement.start)), fields };
}

function blocksOf(sources: readonly Source[]): ReadonlyMap<string, Written> {
  return new Map(
    sources.flatMap((source) => {
      const parsed = parseFile(source);
      const body = parsed.kind === "invalid" ? [] : parsed.tree.body;
      return body.map((statement): [string, Written] => [idOf(statement), { statement, source }]);
    }),
  );
}

/** Names of attributes, and of those inside of blocks with the blocks' names before them. */
function fieldChanges(before: readonly Written[], after: readonly Written[]): string[] {
  const names = new Set([...before, ...after].map(({ statement }) => idOf(statement)));
  return [...names].flatMap((name) => {
    const old = before.filter(({ statement }) => idOf(statement) === name);
    const fresh = after.filter(({ statement }) => idOf(statement) === name);
    if (textsOf(old) === textsOf(fresh)) return [];
    if (old.length !== 1 || fresh.length !== 1) return [name];
    const inner = fieldChanges(old.flatMap(insideOf), fresh.flatMap(insideOf));
    return inner.length === 0 ? [name] : inner.map((each) => `${name} > ${each}`);
  });
}

function insideOf({ statement, source }: Written): readonly Written[] {
  return statement.kind === "block" ? statement.body.map((each) => ({ statement: each, source })) : [];
}

function textsOf(all: readonly Written[]): string {
  const decoder = new TextDecoder();
  const texts = all.map(({ statement, source }) =>
    decoder.decode(source.bytes.subarray(statement.start, statement.end + 1)),
  );
  return texts.map((text) => text.replace(/\s+/g, " ")).join("\n");
}

function idOf(statement: Statement): string {
  if (statement.kind === "attribute") return statement.name;
  return statement.label === "" ? statement.name : `${statement.name}.${statement.label}`;
}
