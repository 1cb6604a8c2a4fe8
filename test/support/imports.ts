import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const root = join(import.meta.dirname, "../..");

/** The files of some folders and, of each, the files that it imports, types included; paths from the repository's root. */
export type ImportGraph = ReadonlyMap<string, readonly string[]>;

/** Reads the imports of every TypeScript file below `folders`. */
export function importGraph(folders: readonly string[]): ImportGraph {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => join(folder, name)),
  );
  return new Map(files.map((file) => [file, importsOf(file)]));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), "utf8");
  const found = text.matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g);
  return [...found].map(([, path = ""]) => normalize(join(dirname(file), path)));
}

/** The folder that a file belongs to: `shared/wire`, `daemon/egress`, or the top folder itself. */
export function roomOf(file: string): string {
  const [top = "", second = ""] = file.split("/");
  return file.split("/").length > 2 ? `${top}/${second}` : top;
}

/** Pairs of folders that import each other. A folder may name its own rooms, as a table of commands does. */
export function roomPairs(graph: ImportGraph): string[] {
  const edges = new Set<string>();
  for (const [file, targets] of graph) for (const target of targets) edges.add(`${roomOf(file)} → ${roomOf(target)}`);
  return [...edges].filter((edge) => {
    const [from = "", to = ""] = edge.split(" → ");
    const isOwn = from.startsWith(`${to}/`) || to.startsWith(`${from}/`);
    return from < to && !isOwn && edges.has(`${to} → ${from}`);
  });
}

/** Groups of files that import each other in a circle (Tarjan's strongly connected components). */
export function circles(graph: ImportGraph): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];

  function visit(file: string): void {
    const own = index.size;
    index.set(file, own);
    low.set(file, own);
    stack.push(file);
    for (const target of graph.get(file) ?? []) {
      if (!index.has(target)) visit(target);
      if (stack.includes(target)) low.set(file, Math.min(low.get(file) ?? own, low.get(target) ?? own));
    }
    if (low.get(file) !== own) return;
    const circle = stack.splice(stack.indexOf(file));
    if (circle.length > 1) found.push(circle.sort());
  }

  for (const file of graph.keys()) if (!index.has(file)) visit(file);
  return found;
}
