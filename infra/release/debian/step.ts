import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Release, ReleaseStep } from "../release.ts";
import { debianPackage, type InstalledFile } from "./debian-package.ts";

const file = (name: string) => readFileSync(join(import.meta.dirname, "files", name));

/** The package for Debian and Ubuntu: program, Node, unit, settings and an empty configuration. */
export const debian: ReleaseStep = {
  name: "debian",
  async build(release) {
    const { version, node, epoch } = release;
    const bytes = debianPackage({
      control: {
        Package: "sluice",
        Version: version,
        Architecture: node.architecture,
        Maintainer: "Sluice <sluice@localhost>",
        Section: "net",
        Priority: "optional",
        Depends: "libc6 (>= 2.28), libstdc++6, libgcc-s1, passwd",
        Description:
          "telemetry agent and gateway, durable from the first acknowledgement\n Runs configurations of Grafana Alloy.",
      },
      files: await installedFiles(release),
      scripts: { postinst: file("postinst"), prerm: file("prerm"), postrm: file("postrm") },
      epoch,
    });
    return [{ path: `debian/sluice_${version}_${node.architecture}.deb`, bytes }];
  },
};

async function installedFiles({ root, node, bundle }: Release): Promise<readonly InstalledFile[]> {
  const { files: program, notices } = await bundle("daemon");
  const document = (path: string) => readFileSync(join(root, path));
  const about = "usr/share/doc/sluice";
  return [
    { path: "usr/bin/sluice", bytes: file("launcher"), mode: 0o755 },
    { path: "usr/lib/sluice/node", bytes: node.program(), mode: 0o755 },
    ...program.map(({ path, bytes }) => ({ path: `usr/lib/sluice/${path}`, bytes })),
    { path: "usr/lib/systemd/system/sluice.service", bytes: file("sluice.service") },
    { path: "etc/sluice/config.alloy", bytes: file("config.alloy"), conffile: true },
    { path: "etc/default/sluice", bytes: file("default"), conffile: true },
    { path: `${about}/copyright`, bytes: document("LICENSE") },
    { path: `${about}/changelog.gz`, bytes: gzipSync(document("CHANGELOG.md"), { level: 9 }) },
    { path: `${about}/README.md`, bytes: document("docs/debian.md") },
    { path: `${about}/THIRD_PARTY_NOTICES`, bytes: Buffer.from(`${notices}\nNode.js\n\n${node.licence}`) },
    { path: `${about}/examples/host.alloy`, bytes: document("examples/host.alloy") },
  ];
}
