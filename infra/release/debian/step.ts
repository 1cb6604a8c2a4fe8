import { readFileSync } from "node:fs";
import { join } from "node:path";
import { installedFiles } from "../installed-files.ts";
import type { ReleaseStep } from "../release.ts";
import { debianPackage } from "./debian-package.ts";

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
