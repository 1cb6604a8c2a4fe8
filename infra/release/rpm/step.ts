import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { installedFiles } from "../installed-files.ts";
import type { ReleaseStep } from "../release.ts";
import { type RpmFile, rpmPackage } from "./rpm-package.ts";

const script = (name: string) => readFileSync(join(import.meta.dirname, "files", name), "utf8");

/** The package for Red Hat, Fedora, SUSE and Amazon Linux: the files of Debian's. */
export const rpm: ReleaseStep = {
  name: "rpm",
  async build(release) {
    const { epoch, node } = release;
    // A hyphen would end the version; a tilde sorts before the release that it leads to.
    const version = release.version.replaceAll("-", "~");
    const architecture = node.architecture === "arm64" ? "aarch64" : "x86_64";
    const bytes = rpmPackage({
      name: "sluice",
      version,
      architecture,
      summary: "Telemetry agent and gateway, durable from the first acknowledgement",
      description: "Runs configurations of Grafana Alloy.",
      licence: "Apache-2.0",
      files: withFolders(await installedFiles(release)),
      requires: ["/bin/sh", "/usr/sbin/useradd", "libc.so.6(GLIBC_2.28)(64bit)", "libstdc++.so.6()(64bit)"],
      scripts: { pre: script("pre"), post: script("post"), preun: script("preun"), postun: script("postun") },
      epoch,
    });
    return [{ path: `rpm/sluice-${version}-1.${architecture}.rpm`, bytes }];
  },
};

/** Folders of its own, and settings that only root and the service read. */
function withFolders(files: readonly RpmFile[]): readonly RpmFile[] {
  const own = files.map((file) => (file.conffile ? { ...file, group: "sluice", mode: 0o640 } : file));
  const folders = new Set(files.map(({ path }) => dirname(path)).filter((path) => path.includes("sluice")));
  return [
    ...own,
    ...[...folders].map((path) => ({ path })),
    { path: "var/lib/sluice", owner: "sluice", group: "sluice", mode: 0o700 },
  ];
}
