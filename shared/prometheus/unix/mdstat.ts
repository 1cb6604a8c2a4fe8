import { words } from "./read.ts";

/** An array of /proc/mdstat: numbers of disks and of blocks. */
export interface MdArray {
  readonly device: string;
  readonly state: string;
  readonly active: number;
  readonly failed: number;
  readonly spare: number;
  readonly total: number;
  readonly blocks: number;
  readonly synced: number;
}

/** Parses /proc/mdstat; throws when an array's lines are not in its form. */
export function parseMdstat(text: string): MdArray[] {
  const arrays: MdArray[] = [];
  const all = text.split("\n");
  all.forEach((line, index) => {
    if (/^(\s|$|unused|Personalities)/.test(line)) return;
    const [device = "", , state = ""] = words(line);
    const status = all[index + 1] ?? "";
    const blocks = Number(/^\s*(\d+) /.exec(status)?.[1] ?? Number.NaN);
    if (Number.isNaN(blocks)) throw new Error(`cannot read the blocks of ${device} in mdstat`);
    const next = all[index + 2] ?? "";
    const progress = next.includes("bitmap") ? (all[index + 3] ?? "") : next;
    const running = syncing(progress);
    arrays.push({
      device,
      state: running ?? state,
      ...disks(line, status),
      failed: count(line, "(F)"),
      spare: count(line, "(S)"),
      blocks,
      synced: running ? syncedBlocks(progress) : blocks,
    });
  });
  return arrays;
}

function disks(line: string, status: string): Record<"active" | "total", number> {
  if (/raid0|linear/.test(line)) return { active: count(line, "["), total: count(line, "[") };
  if (line.includes("inactive")) return { active: 0, total: 0 };
  const match = /\[(\d+)\/(\d+)\] \[[U_]+\]/.exec(status);
  if (!match) throw new Error("cannot read the disks of an array in mdstat");
  return { total: Number(match[1]), active: Number(match[2]) };
}

function syncing(line: string): string | undefined {
  if (line.includes("recovery")) return "recovering";
  if (line.includes("reshape")) return "reshaping";
  if (line.includes("check")) return "checking";
  return line.includes("resync") ? "resyncing" : undefined;
}

function syncedBlocks(line: string): number {
  if (/PENDING|DELAYED/.test(line)) return 0;
  const blocks = /\((\d+)\/\d+\)/.exec(line)?.[1];
  if (blocks === undefined) throw new Error("cannot read the progress of an array in mdstat");
  return Number(blocks);
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}
