import { decodePart } from "../argument-type.ts";
import { within } from "../mismatch.ts";
import { string } from "../text-types.ts";
import { raw } from "./define.ts";

/** `file.path_join`: joined with slashes and cleaned; empty when every part is. */
export const pathJoin = raw((args) => {
  const parts = args.map((each, index) => within(index, () => decodePart(string, each)));
  const joined = parts.filter((part) => part !== "").join("/");
  return joined === "" ? "" : clean(joined);
});

function clean(path: string): string {
  const rooted = path.startsWith("/");
  const kept: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") kept.push(part);
    else if (kept.length > 0 && kept.at(-1) !== "..") kept.pop();
    else if (!rooted) kept.push("..");
  }
  const cleaned = `${rooted ? "/" : ""}${kept.join("/")}`;
  return cleaned === "" ? "." : cleaned;
}
