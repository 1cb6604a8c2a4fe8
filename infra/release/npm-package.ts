import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseStep } from "./release.ts";
import { tarGz } from "./tar.ts";

/** Plain JavaScript for any Node, so that an old one is told what is wrong instead of failing to read the program. */
const launcher = `#!/usr/bin/env node
if (Number(process.versions.node.split(".")[0]) >= 24) {
  require("../sluice.cjs");
} else {
  console.error("sluice needs Node 24 or later, this is " + process.versions.node + ".");
  process.exitCode = 3;
}
`;

/** What \`npm install\` takes: bundled, because Node runs no TypeScript below node_modules; without dependencies. */
export const npmPackage: ReleaseStep = {
  name: "npm",
  async build({ root, version, epoch, bundle }) {
    const { files: program, notices } = await bundle("daemon");
    const { description, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    const manifest = {
      name: "sluice",
      version,
      description,
      license,
      type: "module",
      bin: { sluice: "bin/sluice.cjs" },
      engines: { node: ">=24" },
    };
    const document = (name: string) => ({ path: name, bytes: readFileSync(join(root, name)) });
    const files = [
      { path: "package.json", bytes: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) },
      { path: "bin/sluice.cjs", bytes: Buffer.from(launcher), mode: 0o755 },
      ...program,
      { path: "THIRD_PARTY_NOTICES", bytes: Buffer.from(notices) },
      ...["LICENSE", "README.md", "CHANGELOG.md"].map(document),
    ];
    const entries = files.map((file) => ({ kind: "file" as const, ...file, path: `package/${file.path}` }));
    return [{ path: `npm/sluice-${version}.tgz`, bytes: tarGz(entries, epoch) }];
  },
};
