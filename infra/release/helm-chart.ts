import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseStep } from "./release.ts";
import { tarGz } from "./tar.ts";

/** The chart, as `helm package` would pack it: `helm install sluice sluice-VERSION.tgz`. */
export const helmChart: ReleaseStep = {
  name: "helm",
  async build({ root, version, epoch }) {
    const folder = join(root, "infra/helm/sluice");
    const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const entries = paths.map((path) => ({
      kind: "file" as const,
      path: `sluice/${path.slice(folder.length + 1)}`,
      bytes: path.endsWith("/Chart.yaml")
        ? Buffer.from(versioned(readFileSync(path, "utf8"), version))
        : readFileSync(path),
    }));
    return [{ path: `helm/sluice-${version}.tgz`, bytes: tarGz(entries, epoch) }];
  },
};

function versioned(chart: string, version: string): string {
  return chart.replace(/^version: .*$/m, `version: ${version}`).replace(/^appVersion: .*$/m, `appVersion: ${version}`);
}
