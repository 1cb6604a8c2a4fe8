import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeRelease } from "../../../infra/release/make-release.ts";
import type { ReleaseFile } from "../../../infra/release/release.ts";
import { steps } from "../../../infra/release/steps.ts";
import { findChecker } from "../../support/infra/checkers.ts";

const cfnLint = findChecker("cfn-lint");
const folder = mkdtempSync(join(tmpdir(), "sluice-release-test-"));
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
// A program of a few bytes in place of Node's 120 MB: the archive does not care.
const nodeFile = join(folder, "node");
let files: readonly ReleaseFile[];

beforeAll(async () => {
  writeFileSync(nodeFile, "not Node");
  files = await makeRelease(steps, { epoch: 1_700_000_000, nodeFile });
  for (const { path, bytes, mode } of files) {
    const target = join(folder, "release", path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, bytes, { mode: mode ?? 0o644 });
  }
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true }));

const textOf = (path: string) => String(files.find((file) => file.path === path)?.bytes);

describe("a release", () => {
  it("has the same bytes when it is made again, in another time zone and language", async () => {
    const zone = process.env.TZ;
    process.env.TZ = "Asia/Tokyo";
    const again = await makeRelease(steps, { epoch: 1_700_000_000, nodeFile });
    if (zone === undefined) delete process.env.TZ;
    else process.env.TZ = zone;
    const sums = (all: readonly ReleaseFile[]) =>
      Object.fromEntries(all.map(({ path, bytes }) => [path, sha256(bytes)]));
    expect(sums(again)).toEqual(sums(files));
  });

  it("has checksums that sha256sum accepts", () => {
    const output = execFileSync("sha256sum", ["--check", "--strict", "SHA256SUMS"], {
      cwd: join(folder, "release"),
      encoding: "utf8",
    });
    expect(output.split("\n").filter((line) => line.endsWith(": OK"))).toHaveLength(files.length - 1);
  });

  it("lists every package of the product in its bill of materials, and the licence of each that is inside", () => {
    const { bomFormat, components, metadata } = JSON.parse(textOf("sluice.cdx.json"));
    expect(bomFormat).toBe("CycloneDX");
    expect(metadata.component).toMatchObject({ name: "sluice", version });
    const { dependencies } = JSON.parse(readFileSync("package.json", "utf8"));
    const names = components.map(({ group, name }: { group?: string; name: string }) =>
      group ? `${group}/${name}` : name,
    );
    expect(names).toEqual(expect.arrayContaining(Object.keys(dependencies)));
    expect(names).not.toContain("vitest");
    const notices = textOf("THIRD_PARTY_NOTICES");
    for (const name of ["re2js", "yaml", "protobufjs", "@aws-sdk/client-sqs"]) {
      expect(notices).toMatch(new RegExp(`^${name} [0-9.]+ \\(`, "m"));
    }
    expect(notices).toContain("Node.js is licensed for use as follows");
  });

  it("has a program that runs alone", () => {
    const program = join(folder, "release/sluice.mjs");
    expect(execFileSync(process.execPath, [program, "--version"], { cwd: tmpdir(), encoding: "utf8" })).toContain(
      version,
    );
  });

  it("installs with npm, without the network, and runs daemon and command line", () => {
    const place = join(folder, "installed");
    mkdirSync(place);
    const archive = join(folder, `release/npm/sluice-${version}.tgz`);
    const env = { PATH: `${dirname(process.execPath)}:${process.env.PATH}`, HOME: place };
    execFileSync("npm", ["install", "--offline", "--prefix", place, archive], { env, stdio: "ignore" });
    const sluice = (...words: string[]) =>
      execFileSync(join(place, "node_modules/.bin/sluice"), words, { env, encoding: "utf8" });
    expect(sluice("version")).toContain(`sluice ${version}`);
    expect(sluice("dead-letters", "list", "--help")).toContain("sluice dead-letters list");
    writeFileSync(join(place, "config.alloy"), 'logging {\nlevel = "info"\n}\n');
    expect(sluice("fmt", join(place, "config.alloy"))).toBe('logging {\n\tlevel = "info"\n}\n');
    expect(() => sluice("daemon")).toThrow(/GRAFANA_CLOUD_OTLP_ENDPOINT/);
  });

  it("has an image context whose Dockerfile copies what is in it", () => {
    const archive = join(folder, `release/image/sluice-image-${version}.tar.gz`);
    const names = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" }).split("\n");
    const dockerfile = execFileSync("tar", ["-xzOf", archive, "Dockerfile"], { encoding: "utf8" });
    const copied = [...dockerfile.matchAll(/^COPY (\S+) /gm)].map(([, from]) => from);
    expect(copied).toContain("LICENSE");
    for (const name of copied.filter((from) => from?.startsWith("--") === false))
      expect(names.some((path) => path.startsWith(name ?? ""))).toBe(true);
    expect(dockerfile).not.toContain("--from=build");
  });

  it.skipIf(!cfnLint)("has a plain template without a finding (skipped where cfn-lint is not found)", () => {
    const template = join(folder, "release/cloudformation/sluice.template.json");
    expect(execFileSync(cfnLint ?? "", ["--format", "parseable", template], { encoding: "utf8" })).toBe("");
  });

  it("has an entry in the list of changes, with a note for those who upgrade", () => {
    const entry = readFileSync("CHANGELOG.md", "utf8")
      .split("\n## ")
      .find((text) => text.startsWith(version));
    expect(entry).toContain("**Upgrade");
    expect(entry).toContain("**Downgrade");
  });
});

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
