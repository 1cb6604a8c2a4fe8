/** A pattern whose groups have names of their own, and what each was called before. */
export interface DistinctNames {
  readonly source: string;
  readonly names: ReadonlyMap<string, string>;
}

const part = /\\Q[\s\S]*?(?:\\E|$)|\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\^?[a-z]+:\]|[^\]\\])*\]|(\(\?P?<)(\w+)>/g;

/** Go takes a pattern with equal names of groups, re2js does not: later ones get another name. */
export function distinctNames(pattern: string): DistinctNames {
  const names = new Map<string, string>();
  const source = pattern.replace(part, (whole, opening?: string, name?: string) => {
    if (name === undefined) return whole;
    let own = name;
    if (names.has(name)) for (let number = names.size; names.has(own); number++) own = `${name}_${number}`;
    names.set(own, name);
    return `${opening}${own}>`;
  });
  return { source, names };
}
