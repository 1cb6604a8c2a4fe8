/** A name of an object that is looked for, where its value is to be noted, and names inside of it. */
export interface Wanted {
  readonly name: Buffer;
  slot: number | undefined;
  readonly inside: Wanted[];
}

/** The names of paths, each once at its level; the slot is the number of the path. */
export function wantedFields(paths: readonly (readonly string[])[]): readonly Wanted[] {
  const root: Wanted[] = [];
  for (const [slot, path] of paths.entries()) {
    let level = root;
    for (const [depth, name] of path.entries()) {
      const bytes = Buffer.from(name);
      let wanted = level.find((each) => each.name.equals(bytes));
      if (wanted === undefined) {
        wanted = { name: bytes, slot: undefined, inside: [] };
        level.push(wanted);
      }
      if (depth === path.length - 1) wanted.slot = slot;
      level = wanted.inside;
    }
  }
  return root;
}
