import type { Told } from "./probe.ts";
import type { Sizes } from "./regions.ts";

/** A line of the table: what it is, in MiB, of which `used` is what V8 has objects in. */
export interface Part {
  readonly name: string;
  readonly mib: number;
  readonly used?: number;
}

const spaces: Readonly<Record<string, string>> = {
  new_space: "V8: nursery",
  old_space: "V8: old objects",
  trusted_space: "V8: bytecode, feedback",
  code_space: "V8: compiled code",
  large_object_space: "V8: large objects",
  code_large_object_space: "V8: compiled code",
  new_large_object_space: "V8: large objects",
};

/** What the resident memory of a process consists of, its own first: what the kernel counts, and what V8 says of its part. */
export function partsOf(sizes: Sizes, told: Told): readonly Part[] {
  const inHeap = new Map<string, { mib: number; used: number }>();
  for (const { space_name, physical_space_size, space_used_size } of told.spaces) {
    if (physical_space_size === 0) continue;
    const name = spaces[space_name] ?? "V8: the rest";
    const sum = inHeap.get(name) ?? { mib: 0, used: 0 };
    inHeap.set(name, { mib: sum.mib + physical_space_size / 2 ** 20, used: sum.used + space_used_size / 2 ** 20 });
  }
  const heapMiB = [...inHeap.values()].reduce((sum, { mib }) => sum + mib, 0);
  const own = (kind: keyof Sizes) => sizes[kind].own / 1024;
  const shared = (kind: keyof Sizes) => (sizes[kind].resident - sizes[kind].own) / 1024;
  return [
    ...[...inHeap].map(([name, { mib, used }]) => ({ name, mib, used })),
    { name: "malloc", mib: own("heap") + own("arenas") },
    { name: "large buffers, the rest", mib: own("anonymous") + own("executable") - heapMiB },
    { name: "stacks", mib: own("stacks") },
    {
      name: "changed pages of files",
      mib: own("libraries") + own("code of the Node binary") + own("constants of the Node binary"),
    },
    { name: "(shared) code of the Node binary", mib: shared("code of the Node binary") },
    { name: "(shared) constants of the Node binary", mib: shared("constants of the Node binary") },
    { name: "(shared) libraries", mib: shared("libraries") },
  ];
}
