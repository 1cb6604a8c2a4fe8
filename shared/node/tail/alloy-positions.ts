/** A line of Alloy's file of positions. */
export interface AlloyPosition {
  readonly path: string;
  /** `{job="x"}`; empty in older files, and of a cursor. */
  readonly labels: string;
  /** Of a container, the second since 1970. */
  readonly offset: number;
  /** Of the journal, where it was read up to. */
  readonly cursor?: string;
}

const cursorPrefix = "cursor-";
/** Later seconds than these are microseconds, as those of pods are. */
const maxSeconds = 1e11;

/**
 * Reads Alloy's `positions.yml`: keys of `path` and `labels` (`? path: …`), or only paths in older files; values are numbers in
 * quotes. Those of containers, pods and the journal have a path `cursor-…`, whatever their labels. Undefined for a text that is not such a file.
 */
export function parseAlloyPositions(text: string): readonly AlloyPosition[] | undefined {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"));
  const [first, ...rest] = lines;
  if (first === undefined) return [];
  if (!/^positions:\s*(\{\})?\s*$/.test(first)) return undefined;
  const found: AlloyPosition[] = [];
  let open: { path?: string; labels?: string } | undefined;
  for (const line of rest) {
    const path = /^\s*\?\s*path:\s*(.+)$/.exec(line)?.[1];
    const labels = /^\s+labels:\s*(.*)$/.exec(line)?.[1];
    const value = /^\s*:\s*(.+)$/.exec(line)?.[1];
    const old = /^\s+(\S.*?):\s*("[0-9]+"|'[0-9]+'|[0-9]+)\s*$/.exec(line);
    if (path !== undefined) open = { path: scalar(path) };
    else if (labels !== undefined && open) open.labels = scalar(labels);
    else if (value !== undefined && open?.path !== undefined) {
      push(found, { path: open.path, labels: open.labels ?? "", value: scalar(value) });
      open = undefined;
    } else if (old) push(found, { path: scalar(old[1] ?? ""), labels: "", value: scalar(old[2] ?? "") });
    else return undefined;
  }
  return found;
}

function push(found: AlloyPosition[], { path, labels, value }: { path: string; labels: string; value: string }): void {
  const offset = Number(value);
  if (path.startsWith(cursorPrefix)) {
    if (!/^[0-9]+$/.test(value)) found.push({ path, labels: "", offset: 0, cursor: value });
    else if (Number.isSafeInteger(offset)) {
      found.push({ path, labels: "", offset: offset > maxSeconds ? Math.floor(offset / 1e6) : offset });
    }
  } else if (/^[0-9]+$/.test(value) && Number.isSafeInteger(offset)) {
    found.push({ path, labels: labels === "{}" ? "" : labels, offset });
  }
}

/** A scalar of YAML, plain or in quotes. */
function scalar(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith("'") && trimmed.endsWith("'")) return trimmed.slice(1, -1).replaceAll("''", "'");
  if (!trimmed.startsWith('"')) return trimmed;
  try {
    const value: unknown = JSON.parse(trimmed);
    return typeof value === "string" ? value : trimmed;
  } catch {
    return trimmed;
  }
}
