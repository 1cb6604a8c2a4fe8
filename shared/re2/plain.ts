/** A pattern of which RE2 would say nothing but that it is valid. */
export interface PlainPattern {
  /** Names of the groups by their number; group 0 and unnamed ones are undefined. */
  readonly groupNames: readonly (string | undefined)[];
}

const maxChars = 1000;
const maxDepth = 50;
/** Repetitions within repetitions, counted: RE2's own limit. */
const maxCopies = 1000;

const literal = /[^\\[\](){}*+?|^$.\p{Surrogate}]/uy;
const assertion = /[$^]|\\[AzbB]/y;
const single = /\.|\\(?:[dDsSwW]|[tnrfva]|x[0-9A-Fa-f]{2}|[!-/:-@[-`{-~])/y;
const member = /[^\\[\]\-\p{Surrogate}]|\\(?:[tnrfva]|x[0-9A-Fa-f]{2}|[!-/:-@[-`{-~])/uy;
const memberClass = /\\[dDsSwW]/y;
const opening = /\((?:\?(?:P?<([A-Za-z_][A-Za-z0-9_]*)>|[ims]*(?:-[ims]+)?:))?/y;
const flags = /\(\?(?:[ims]+(?:-[ims]+)?|-[ims]+)\)/y;
const quantifier = /(?:[*+?]|\{(0|[1-9]\d{0,3})(,(0|[1-9]\d{0,3})?)?\})\??(?![*+?{])/y;

/**
 * Reads the part of RE2's syntax that needs no judge: undefined for whatever is anything else, be it wrong or only rare. So the
 * patterns of most configurations are compiled without loading RE2. It never accepts what RE2 refuses (test/re2/plain.test.ts).
 */
export function plainPattern(pattern: string): PlainPattern | undefined {
  if (pattern.length > maxChars) return undefined;
  const groupNames: (string | undefined)[] = [undefined];
  const reader = createReader(pattern);
  const copies = alternation(0);
  if (copies === undefined || !reader.done()) return undefined;
  return { groupNames };

  /** The most copies of one thing within it; undefined where it is not plain. */
  function alternation(depth: number): number | undefined {
    if (depth > maxDepth) return undefined;
    let most = 1;
    for (;;) {
      if (reader.take(/\|/y) || reader.take(flags) || reader.take(assertion)) continue;
      const inner = atom(depth);
      if (inner === undefined) return undefined;
      if (inner === 0) return most;
      const copies = repeated(inner);
      if (copies === undefined) return undefined;
      most = Math.max(most, copies);
    }
  }

  /** 0 where there is none. */
  function atom(depth: number): number | undefined {
    if (reader.take(literal) || reader.take(single)) return 1;
    if (reader.take(/\[/y)) return set() ? 1 : undefined;
    const group = reader.take(opening);
    if (!group) return 0;
    const [text, name] = group;
    if (name !== undefined && groupNames.includes(name)) return undefined;
    if (name !== undefined || text === "(") groupNames.push(name);
    const inner = alternation(depth + 1);
    return inner !== undefined && reader.take(/\)/y) ? inner : undefined;
  }

  function repeated(inner: number): number | undefined {
    const found = reader.take(quantifier);
    if (!found) return reader.sees(/[*+?{]/y) ? undefined : inner;
    const [, least, comma, most] = found;
    const min = Number(least ?? 0);
    const max = most === undefined ? min : Number(most);
    if (comma !== undefined && most !== undefined && max < min) return undefined;
    const copies = inner * Math.max(1, min, max);
    return copies > maxCopies ? undefined : copies;
  }

  function set(): boolean {
    reader.take(/\^/y);
    reader.take(/-(?!\])/y);
    for (let count = 0; ; count++) {
      if (reader.take(/-?\]/y)) return count > 0;
      if (reader.take(memberClass)) {
        if (reader.sees(/-(?!\])/y)) return false;
        continue;
      }
      const low = reader.take(member);
      if (!low) return false;
      if (!reader.take(/-(?!\])/y)) continue;
      const high = reader.take(member);
      if (!high || codePoint(high[0]) < codePoint(low[0]) || reader.sees(/-(?!\])/y)) return false;
    }
  }
}

function createReader(text: string) {
  let at = 0;
  const match = (rule: RegExp) => {
    rule.lastIndex = at;
    return rule.exec(text);
  };
  return {
    done: () => at === text.length,
    sees: (rule: RegExp) => match(rule) !== null,
    take(rule: RegExp) {
      const found = match(rule);
      if (found) at += found[0].length;
      return found ?? undefined;
    },
  };
}

const controls: Readonly<Record<string, number>> = { t: 9, n: 10, r: 13, f: 12, v: 11, a: 7 };

function codePoint(text: string): number {
  if (!text.startsWith("\\")) return text.codePointAt(0) ?? 0;
  if (text.length === 4) return Number.parseInt(text.slice(2), 16);
  return controls[text.slice(1)] ?? text.charCodeAt(1);
}
