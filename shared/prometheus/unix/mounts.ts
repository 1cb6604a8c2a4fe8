import { lines } from "./read.ts";

/** A line of mountinfo(5). */
export interface Mount {
  readonly device: string;
  /** As the host sees it: without the path where the host's root is mounted here. */
  readonly mountPoint: string;
  readonly type: string;
  readonly readOnly: boolean;
  readonly major: string;
  readonly minor: string;
}

/** Parses /proc/<pid>/mountinfo; lines that are not in its form are left out. */
export function parseMounts(text: string, root: string): Mount[] {
  const mounts: Mount[] = [];
  for (const line of lines(text)) {
    const fields = line.split(" ");
    const separator = fields.indexOf("-", 6);
    const [, , device = "", , point = "", options = ""] = fields;
    const [type, source, superOptions = ""] = fields.slice(separator + 1);
    const [major, minor] = device.split(":");
    if (separator < 0 || type === undefined || source === undefined || major === undefined || minor === undefined) {
      continue;
    }
    const readOnly = [...options.split(","), ...superOptions.split(",")].includes("ro");
    mounts.push({ device: source, mountPoint: below(root, unescaped(point)), type, readOnly, major, minor });
  }
  return mounts;
}

function unescaped(path: string): string {
  return path.replaceAll("\\040", " ").replaceAll("\\011", "\t");
}

function below(root: string, path: string): string {
  if (root === "" || root === "/") return path;
  const stripped = path.startsWith(root) ? path.slice(root.length) : path;
  return stripped === "" ? "/" : stripped;
}
