import type { FileTree } from "../unix/host.ts";

const maxDepth = 12;

/** Paths of the directories below a directory of a tree, `/` first, breadth first, at most `max`. */
export function directoriesBelow(tree: FileTree, root: string, max: number): string[] {
  const found = ["/"];
  for (let at = 0; at < found.length; at += 1) {
    const path = found[at] ?? "/";
    if (path.split("/").length > maxDepth) continue;
    for (const name of tree.listDirectories(path === "/" ? root : `${root}${path}`) ?? []) {
      if (found.length >= max) return found;
      found.push(path === "/" ? `/${name}` : `${path}/${name}`);
    }
  }
  return found;
}
