import { createHash } from "node:crypto";
import type { InstalledFile } from "../installed-files.ts";
import { type TarEntry, tarGz } from "../tar.ts";
import { ar } from "./ar.ts";

export interface DebianPackage {
  /** Fields of the control file, in their order; `Installed-Size` is added. */
  readonly control: Readonly<Record<string, string>>;
  readonly files: readonly InstalledFile[];
  /** postinst, prerm, postrm. */
  readonly scripts: Readonly<Record<string, Uint8Array>>;
  /** Seconds. */
  readonly epoch: number;
}

/** A binary package of format 2.0 (deb(5)), compressed with gzip, which every dpkg reads. The same input gives the same bytes. */
export function debianPackage({ control, files, scripts, epoch }: DebianPackage): Buffer {
  const installedKib = files.reduce((sum, { bytes }) => sum + Math.ceil(bytes.length / 1024), 0);
  const fields = { ...control, "Installed-Size": String(installedKib) };
  const meta: Record<string, string> = {
    control: `${Object.entries(fields)
      .map(([name, value]) => `${name}: ${value}`)
      .join("\n")}\n`,
    md5sums: lines(files.filter(({ conffile }) => !conffile).map(({ path, bytes }) => `${md5(bytes)}  ${path}`)),
    conffiles: lines(files.filter(({ conffile }) => conffile).map(({ path }) => `/${path}`)),
  };
  const controlEntries: TarEntry[] = [
    ...Object.entries(meta).map(([name, text]) => ({
      kind: "file" as const,
      path: `./${name}`,
      bytes: Buffer.from(text),
    })),
    ...Object.entries(scripts).map(([name, bytes]) => ({
      kind: "file" as const,
      path: `./${name}`,
      bytes,
      mode: 0o755,
    })),
  ];
  const data: TarEntry[] = [
    ...foldersOf(files).map((path) => ({ kind: "folder" as const, path: `./${path}` })),
    ...files.map(({ path, bytes, mode }) => ({ kind: "file" as const, path: `./${path}`, bytes, mode: mode ?? 0o644 })),
  ];
  return ar(
    [
      { name: "debian-binary", bytes: Buffer.from("2.0\n") },
      { name: "control.tar.gz", bytes: tarGz(controlEntries, epoch) },
      { name: "data.tar.gz", bytes: tarGz(data, epoch) },
    ],
    epoch,
  );
}

/** Every folder above the files: dpkg wants them in the archive. */
function foldersOf(files: readonly InstalledFile[]): string[] {
  const folders = files.flatMap(({ path }) => {
    const parts = path.split("/").slice(0, -1);
    return parts.map((_, index) => parts.slice(0, index + 1).join("/"));
  });
  return [...new Set(folders)];
}

function lines(items: readonly string[]): string {
  return items.map((item) => `${item}\n`).join("");
}

function md5(bytes: Uint8Array): string {
  return createHash("md5").update(bytes).digest("hex");
}
