import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Metafile } from "esbuild";

/** The text of THIRD_PARTY_NOTICES: every package of which a bundle holds code, with the licence that it was given under. */
export function noticesOf({ inputs }: Pick<Metafile, "inputs">, root: string): string {
  const folders = new Set(Object.keys(inputs).flatMap((path) => packageFolder(path) ?? []));
  const notices = [...folders].sort().map((folder) => noticeOf(join(root, folder)));
  return `This program contains code of the packages below.\n\n${notices.join(`\n${"-".repeat(80)}\n\n`)}`;
}

/** The innermost `node_modules/<name>` of a path. */
function packageFolder(path: string): string | undefined {
  return /^(.*node_modules[/](?:@[^/]+[/])?[^/]+)[/]/.exec(path)?.[1];
}

function noticeOf(folder: string): string {
  const { name, version, license, author } = JSON.parse(readFileSync(manifestOf(folder), "utf8"));
  const holder = typeof author === "string" ? author : author?.name;
  const file = readdirSync(folder).find((each) => /^(licen[cs]e|copying)(\.(md|txt))?$/i.test(each));
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `${license}${holder ? `, ${holder}` : ""}`;
  return `${name} ${version} (${license})\n\n${text}\n`;
}

function manifestOf(folder: string): string {
  const path = join(folder, "package.json");
  return existsSync(path) ? path : manifestOf(dirname(folder));
}
