import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeRelease } from "../../../infra/release/make-release.ts";
import type { ReleaseStep } from "../../../infra/release/release.ts";
import { inOverlayRoot } from "./overlay-root.ts";

/** What a script said of the life of a package: parts that begin with `== NAME`. */
export type PackageLife = (part: string) => string;

/**
 * Builds a package in two versions and runs a shell script where both are `/tmp/old.EXTENSION` and `/tmp/new.EXTENSION`: over a copy of
 * this host's root that is gone afterwards. Throws what it printed when it fails.
 */
export async function livePackage(step: ReleaseStep, extension: string, life: Life): Promise<PackageLife> {
  const folder = mkdtempSync(join(tmpdir(), "sluice-package-"));
  try {
    // The packages bring a word to the shell in place of 120 MB, which would be compressed twice.
    const nodeFile = join(folder, "node");
    const word = `#!/bin/sh\ntest -x /tmp/node && exec /tmp/node "$@"\nexec ${process.execPath} "$@"\n`;
    writeFileSync(nodeFile, word, { mode: 0o755 });
    const files: Record<string, string> = { node: process.execPath };
    for (const [age, version] of Object.entries(life.versions)) {
      const [archive] = await makeRelease([step], { epoch: 1_700_000_000, nodeFile, version });
      const name = `${age}.${extension}`;
      files[name] = join(folder, name);
      writeFileSync(join(folder, name), archive?.bytes ?? "");
    }
    const { output, status } = inOverlayRoot(life.script, files);
    if (status !== 0) throw new Error(output);
    return (name) => output.split(`== ${name}\n`)[1]?.split("\n== ")[0] ?? `no ${name} in ${output}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Life {
  readonly versions: { readonly old: string; readonly new: string };
  readonly script: string;
}
