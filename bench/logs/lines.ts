import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";

const chunkLines = 100;
/** Each line holds this once, however it is parsed. */
export const trace = "4bf92f3577b34da6a3ce929d0e0e4736";

/** A line of JSON as services write them, 190 bytes. */
export function line(index: number): string {
  const level = ["info", "warn", "error", "debug"][index % 4];
  const ts = new Date(Date.now() - 60_000 + index).toISOString();
  return `{"ts":"${ts}","level":"${level}","logger":"http","msg":"request ${index} done","path":"/api/v1/orders/${index % 97}","status":200,"ms":${index % 1000},"trace":"${trace}"}\n`;
}

/** Fills `count` files `<n>.log` of a directory with `totalBytes` of lines. */
export function writeLogs(directory: string, count: number, totalBytes: number): { bytes: number; lines: number } {
  const chunkOf = (file: number) =>
    Array.from({ length: chunkLines }, (_, index) => line(file * chunkLines + index)).join("");
  const perFile = Math.max(1, Math.round(totalBytes / count / chunkOf(0).length));
  let bytes = 0;
  for (let file = 0; file < count; file += 1) {
    const fd = openSync(join(directory, `${file}.log`), "w");
    // The Collector takes two files that begin alike for one.
    const chunk = chunkOf(file);
    for (let piece = 0; piece < perFile; piece += 1) bytes += writeSync(fd, chunk);
    closeSync(fd);
  }
  return { bytes, lines: chunkLines * perFile * count };
}

/** Waits for something, two minutes at most. */
export async function until(check: () => boolean, ms = 120_000): Promise<void> {
  for (const start = performance.now(); !check(); ) {
    if (performance.now() - start > ms) throw new Error("not in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
