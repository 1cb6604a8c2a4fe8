import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import type { ArtifactName } from "../artifacts.ts";
import { bundle as bundleInto } from "../bundle.ts";
import { architectureOf, isElf, stripElf } from "../daemon/strip-elf.ts";
import { makeCodeCache } from "./code-cache.ts";
import type { Release, ReleasedBundle, ReleaseFile, ReleaseStep } from "./release.ts";

const root = resolve(import.meta.dirname, "../..");

export interface ReleaseOptions {
  /** Seconds since the Unix epoch. */
  readonly epoch: number;
  /** The Node that packages bring, and with it the machine that they are for; the one that the repository pins. */
  readonly nodeFile?: string;
  /** The version of package.json unless told otherwise. */
  readonly version?: string;
  /** Whether packages that bring their Node start with compiled code; without it the same commit gives the same bytes. */
  readonly codeCache?: boolean;
}

/** Builds what `steps` make, and SHA256SUMS of it; leaves nothing behind. */
export async function makeRelease(
  steps: readonly ReleaseStep[],
  options: ReleaseOptions,
): Promise<readonly ReleaseFile[]> {
  const scratchRoot = mkdtempSync(join(tmpdir(), "sluice-release-"));
  try {
    const release = releaseIn(scratchRoot, options);
    const files: ReleaseFile[] = [];
    // One after the other: archives of a hundred megabytes are made in memory.
    for (const step of steps) files.push(...(await step.build(release)));
    const sorted = files.sort((a, b) => (a.path < b.path ? -1 : 1));
    return [...sorted, { path: "SHA256SUMS", bytes: Buffer.from(sorted.map(sumLine).join("")) }];
  } finally {
    rmSync(scratchRoot, { recursive: true });
  }
}

function releaseIn(scratchRoot: string, { epoch, nodeFile, version, codeCache = true }: ReleaseOptions): Release {
  const { version: current } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const nodePath = nodeFile ?? join(root, "node_modules/node/bin/node");
  const node = readFileSync(nodePath);
  let cache: Promise<readonly ReleaseFile[]> | undefined;
  const bundles = new Map<ArtifactName, Promise<ReleasedBundle>>();
  const scratch = (name: string) => mkdtempSync(join(scratchRoot, `${name}-`));
  return {
    root,
    version: version ?? current,
    epoch,
    node: {
      program: () => (isElf(node) ? stripElf(node) : node),
      architecture: architectureOf(node) ?? (process.arch === "arm64" ? "arm64" : "amd64"),
      licence: nodeLicence(),
    },
    scratch,
    bundle,
    codeCache() {
      cache ??= codeCache
        ? bundle("daemon").then((program) => makeCodeCache(program, nodePath, scratch("code")))
        : none;
      return cache;
    },
  };

  function bundle(name: ArtifactName): Promise<ReleasedBundle> {
    const found = bundles.get(name) ?? bundled(name, scratch(name));
    bundles.set(name, found);
    return found;
  }
}

const none = Promise.resolve([]);

/** The text that comes with the pinned Node: beside its program, in the package of this platform. */
function nodeLicence(): string {
  const folder = join(root, "node_modules/node/node_modules");
  const installed = existsSync(folder) ? readdirSync(folder) : [];
  const platform = installed.find((name) => /^node-(linux|darwin)-/.test(name));
  if (platform === undefined) throw new Error(`${folder} has no Node for this platform: run npm ci first`);
  return readFileSync(join(folder, platform, "LICENSE"), "utf8");
}

async function bundled(name: ArtifactName, folder: string): Promise<ReleasedBundle> {
  const { file, beside: names, zip } = await bundleInto(name, folder);
  const notices = readFileSync(join(folder, name, "THIRD_PARTY_NOTICES"), "utf8");
  const module = readFileSync(file);
  const beside = names.map((path) => ({ path, bytes: readFileSync(join(folder, name, path)) }));
  const released = { module, files: [{ path: basename(file), bytes: module }, ...beside], notices };
  return zip === undefined ? released : { ...released, zip: readFileSync(zip) };
}

function sumLine({ path, bytes }: ReleaseFile): string {
  return `${createHash("sha256").update(bytes).digest("hex")}  ${path}\n`;
}
