import { execFileSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { imageContext } from "../../../infra/release/image-context.ts";
import { makeRelease } from "../../../infra/release/make-release.ts";
import type { Dockerd } from "./dockerd.ts";

// What the base of Debian has and the build's shell calls.
const commands = ["sh", "chmod", "ln", "mkdir", "rm"];

/** What was built. */
export interface SluiceImage {
  readonly name: "sluice";
  readonly bytes: number;
}

/**
 * Builds the image of a release in a real engine. No registry can be reached in tests, so the base is made of this host: its
 * Node, the libraries that it loads, and busybox in place of the tools of Debian.
 */
export async function buildSluiceImage(engine: Dockerd): Promise<SluiceImage> {
  const directory = mkdtempSync(join(tmpdir(), "sluice-image-"));
  try {
    importBase(directory, engine);
    const [context] = await makeRelease([imageContext], { epoch: 1_700_000_000 });
    const folder = join(directory, "context");
    mkdirSync(folder);
    writeFileSync(join(directory, "context.tgz"), context?.bytes ?? "");
    execFileSync("tar", ["-C", folder, "-xzf", join(directory, "context.tgz")]);
    // Without a bridge, only the host's network is there for the shell of RUN; it asks nothing of it.
    const images = ["--build-arg=NODE_IMAGE=node-base", "--build-arg=TOOLS_IMAGE=box"];
    engine.docker("build", "--network=host", ...images, "--tag=sluice", folder);
    return { name: "sluice", bytes: Number(engine.docker("image", "inspect", "--format={{.Size}}", "sluice")) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function importBase(directory: string, engine: Dockerd): void {
  const root = join(directory, "base");
  for (const folder of ["bin", "usr/bin", "usr/local/bin", "var/lib", "etc", "tmp"])
    mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, "tmp"), 0o1777);
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
  copyFileSync(process.execPath, join(root, "usr/local/bin/node"));
  const loaded = execFileSync("ldd", [process.execPath], { encoding: "utf8" });
  for (const [library] of loaded.matchAll(/\/\S+/g)) {
    mkdirSync(join(root, dirname(library)), { recursive: true });
    copyFileSync(library, join(root, library));
  }
  copyFileSync("/usr/bin/busybox", join(root, "bin/busybox"));
  for (const command of commands) symlinkSync("busybox", join(root, "bin", command));
  symlinkSync("/bin/busybox", join(root, "usr/bin/env"));
  execFileSync("tar", ["-C", root, "-cf", join(directory, "base.tar"), "."]);
  engine.docker("import", join(directory, "base.tar"), "node-base");
}
