import { Mismatch } from "../../mismatch.ts";
import { isArray, isObject, type Value } from "../../value.ts";
import { createFilter } from "./filter.ts";
import type { Fragment, Path } from "./path.ts";

const maxSteps = 1_000_000;
const maxMatches = 100_000;

interface Search {
  readonly path: Path;
  readonly found: Value[];
}

/** The values of a document that a path leads to, in the order of `ojg`: of `..` what is deepest first. Throws a `Mismatch` past a limit. */
export function find(path: Path, document: Value): readonly Value[] {
  return new Finder(document).find(path, document);
}

class Finder {
  private readonly root: Value;
  private steps = 0;
  private readonly matches = createFilter((path, item) => this.find(path, item));

  constructor(root: Value) {
    this.root = root;
  }

  /** `item`: where the path begins, which is not the root in a filter. */
  find(path: Path, item: Value): readonly Value[] {
    const found: Value[] = [];
    if (path.length > 0) this.walk({ path, found }, item, 0);
    return found;
  }

  private walk(to: Search, value: Value, index: number): void {
    const { path, found } = to;
    if (++this.steps > maxSteps || found.length > maxMatches)
      throw new Mismatch(`the path matches more than ${maxMatches} values, or takes too long`);
    const fragment = path[index] as Fragment;
    const isLast = index === path.length - 1;
    if (fragment.kind === "descent") {
      this.descend(to, value, { index, isTop: true });
      return;
    }
    const all = this.step(fragment, value);
    if (isLast) for (const each of all) found.push(each);
    else this.goOn(to, isPlace(fragment) || fragment.kind === "filter" ? all : all.filter(isContainer), index + 1);
  }

  /** A fault of `ojg`: of several values only the first is looked into by `..`, the others are taken as they are. */
  private goOn(to: Search, values: readonly Value[], index: number): void {
    const isDescent = to.path[index]?.kind === "descent";
    for (const [number, each] of values.entries()) {
      if (!isDescent || number === 0) this.walk(to, each, index);
      else if (index < to.path.length - 1) this.walk(to, each, index + 1);
      else to.found.push(each);
    }
  }

  /** What is below comes before the value itself, which the next fragment goes on from. */
  private descend(
    to: Search,
    value: Value,
    { index, isTop }: { readonly index: number; readonly isTop: boolean },
  ): void {
    if (++this.steps > maxSteps) throw new Mismatch("the path takes too long");
    const isLast = index === to.path.length - 1;
    const all = children(value);
    if (isLast) for (const each of all) to.found.push(each);
    for (const each of all) if (isContainer(each)) this.descend(to, each, { index, isTop: false });
    if (!isLast) this.walk(to, value, index + 1);
    else if (isTop) to.found.push(value);
  }

  private step(fragment: Exclude<Fragment, { kind: "descent" }>, value: Value): readonly Value[] {
    switch (fragment.kind) {
      case "root":
        return [this.root];
      case "self":
        return [value];
      case "every":
        return children(value);
      case "child":
        return memberOf(value, fragment.name);
      case "nth":
        return memberOf(value, fragment.index);
      case "union":
        return fragment.members.flatMap((member) => memberOf(value, member));
      case "slice":
        return isArray(value) ? sliceOf(value, fragment.numbers) : [];
      case "filter":
        return children(value).filter((each) => this.matches(fragment.test, each, this.root));
    }
  }
}

function isContainer(value: Value): boolean {
  return isArray(value) || isObject(value);
}

function isPlace({ kind }: Fragment): boolean {
  return kind === "root" || kind === "self";
}

function children(value: Value): readonly Value[] {
  if (isArray(value)) return value;
  return isObject(value) ? [...value.values()] : [];
}

function memberOf(value: Value, member: string | number): readonly Value[] {
  if (typeof member === "string") return isObject(value) && value.has(member) ? [value.get(member) ?? null] : [];
  const element = isArray(value) ? value.at(member) : undefined;
  return element === undefined ? [] : [element];
}

function sliceOf(array: readonly Value[], [from, to, by = 1]: readonly (number | undefined)[]): readonly Value[] {
  const size = array.length;
  const isForward = by > 0;
  let start = from ?? (isForward ? 0 : size - 1);
  if (start < 0 && from !== undefined) start = Math.max(0, size + start);
  if (start >= size) {
    if (isForward) return [];
    start = size - 1;
  }
  const last = lastOf({ to, size, isForward });
  if (by === 0 || last === undefined) return [];
  const picked: Value[] = [];
  for (let at = start; isForward ? at <= last : at >= last; at += by) picked.push(array[at] ?? null);
  return picked;
}

/** The last place of a slice, which is still in it; undefined where nothing is. */
function lastOf(given: { readonly to: number | undefined; readonly size: number; readonly isForward: boolean }) {
  const { to, size, isForward } = given;
  if (to === undefined) return isForward ? size - 1 : 0;
  const end = to < 0 ? size + to : to;
  if (end < 0) return isForward ? undefined : 0;
  if (end >= size) return size - 1;
  if (isForward) return end - 1;
  return end + 1 < size ? end + 1 : undefined;
}
