/** One mapping of a process; sizes in KiB. `own` is what no file and no other process shares. */
interface Region {
  readonly start: number;
  readonly bytes: number;
  readonly access: string;
  readonly name: string;
  resident: number;
  own: number;
}

/** What a mapping is for. */
export type Kind =
  | "code of the Node binary"
  | "constants of the Node binary"
  | "libraries"
  | "heap"
  | "arenas"
  | "stacks"
  | "executable"
  | "anonymous";

export type Sizes = Readonly<Record<Kind, { readonly resident: number; readonly own: number }>>;

/** What malloc reserves for an arena beside the first, and where it aligns it. */
const arenaBytes = 64 * 2 ** 20;
const guardBytes = 4096;

/** Sums the mappings of `/proc/PID/smaps` by what they are for, in KiB. */
export function sizesOf(smaps: string): Sizes {
  const sizes = {
    "code of the Node binary": { resident: 0, own: 0 },
    "constants of the Node binary": { resident: 0, own: 0 },
    libraries: { resident: 0, own: 0 },
    heap: { resident: 0, own: 0 },
    arenas: { resident: 0, own: 0 },
    stacks: { resident: 0, own: 0 },
    executable: { resident: 0, own: 0 },
    anonymous: { resident: 0, own: 0 },
  };
  const regions = regionsOf(smaps);
  for (const [at, region] of regions.entries()) {
    const sum = sizes[kindOf(region, regions[at - 1], regions[at + 1])];
    sum.resident += region.resident;
    sum.own += region.own;
  }
  return sizes;
}

function regionsOf(smaps: string): readonly Region[] {
  const regions: Region[] = [];
  for (const line of smaps.split("\n")) {
    const [, from, to, access = "", name = ""] = /^([\da-f]+)-([\da-f]+) (\S+) \S+ \S+ \d+\s*(.*)$/.exec(line) ?? [];
    const last = regions.at(-1);
    if (from !== undefined && to !== undefined) {
      const start = Number.parseInt(from, 16);
      regions.push({ start, bytes: Number.parseInt(to, 16) - start, access, name, resident: 0, own: 0 });
    } else if (last) {
      const [, key, kib] = /^(Rss|Anonymous):\s+(\d+) kB/.exec(line) ?? [];
      if (key === "Rss") last.resident = Number(kib);
      else if (key) last.own = Number(kib);
    }
  }
  return regions;
}

function kindOf(region: Region, before: Region | undefined, after: Region | undefined): Kind {
  const { name, access, start, bytes } = region;
  if (name === "[heap]") return "heap";
  if (name === "[stack]") return "stacks";
  if (name.endsWith("/node")) return access.includes("x") ? "code of the Node binary" : "constants of the Node binary";
  if (name.startsWith("/") || name.startsWith("[")) return "libraries";
  if (access.includes("x")) return "executable";
  const isReserved = after?.access === "---p" && after.start === start + bytes;
  if (isReserved && start % arenaBytes === 0) return "arenas";
  const isGuarded = before?.access === "---p" && before.bytes === guardBytes && before.start + guardBytes === start;
  return isGuarded ? "stacks" : "anonymous";
}
