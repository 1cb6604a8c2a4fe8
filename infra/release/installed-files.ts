import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Release } from "./release.ts";

/** A file that a package of a Linux system installs; `path` without a leading slash. */
export interface InstalledFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly mode?: number;
  /** An operator's file: what was changed is kept. */
  readonly conffile?: boolean;
}

/** The program, its Node, unit, settings and an empty configuration: what every package of a Linux system brings. */
export async function installedFiles({ root, node, bundle, codeCache }: Release): Promise<readonly InstalledFile[]> {
  const { files: program, notices } = await bundle("daemon");
  const document = (path: string) => readFileSync(join(root, path));
  const file = (name: string) => document(`infra/release/files/${name}`);
  const about = "usr/share/doc/sluice";
  return [
    { path: "usr/bin/sluice", bytes: file("launcher"), mode: 0o755 },
    { path: "usr/lib/sluice/node", bytes: node.program(), mode: 0o755 },
    ...[...program, ...(await codeCache())].map(({ path, bytes }) => ({ path: `usr/lib/sluice/${path}`, bytes })),
    { path: "usr/lib/systemd/system/sluice.service", bytes: file("sluice.service") },
    { path: "etc/sluice/config.alloy", bytes: file("config.alloy"), conffile: true },
    { path: "etc/default/sluice", bytes: file("default"), conffile: true },
    { path: `${about}/copyright`, bytes: document("LICENSE") },
    { path: `${about}/changelog.gz`, bytes: gzipSync(document("CHANGELOG.md"), { level: 9 }) },
    { path: `${about}/README.md`, bytes: document("docs/linux-packages.md") },
    { path: `${about}/THIRD_PARTY_NOTICES`, bytes: Buffer.from(`${notices}\nNode.js\n\n${node.licence}`) },
    { path: `${about}/examples/host.alloy`, bytes: document("examples/host.alloy") },
  ];
}
