import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type ArtifactName, artifacts } from "../../infra/artifacts.ts";
import { bundle } from "../../infra/bundle.ts";

const folder = mkdtempSync(join(tmpdir(), "sluice-bundle-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("bundle()", () => {
  it.each(Object.keys(artifacts) as ArtifactName[])(
    "makes one module of %s, within its budget, twice the same",
    async (name) => {
      const first = await bundle(name, join(folder, "first"));
      const second = await bundle(name, join(folder, "second"));
      expect(second.sha256).toBe(first.sha256);
      expect(first.bytes).toBeLessThanOrEqual(artifacts[name].maxBytes);
      expect(existsSync(`${first.file}.map`)).toBe(artifacts[name].kind !== "program");
    },
  );

  it("leaves the credential chain out of functions and in the daemon, which needs the task's role", async () => {
    const ingest = await textOf("ingest");
    const daemon = await textOf("daemon");
    expect(ingest).toContain("No AWS credentials in the environment");
    expect(ingest).not.toContain("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    expect(daemon).toContain("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
  });

  it("puts the pages and their licences into the daemon, and nothing that would build them", async () => {
    const daemon = await textOf("daemon");
    for (const path of ["/ui/main.js", "/ui/main.css", "/ui/layout.js"]) expect(daemon).toContain(`["${path}",`);
    expect(daemon).not.toMatch(/from\s*"esbuild"|import\("esbuild"\)/);
    const notices = readFileSync(join(folder, "daemon/THIRD_PARTY_NOTICES"), "utf8");
    for (const name of ["preact", "@dagrejs/dagre"]) expect(notices).toMatch(new RegExp(`^${name} \\d`, "m"));
  });

  it("imports node:http so that the fetch behind it is not loaded", async () => {
    for (const name of Object.keys(artifacts) as ArtifactName[]) {
      expect(await textOf(name), name).not.toMatch(/from\s*"(node:)?http"/);
    }
  });
});

/** All modules of an artifact. */
async function textOf(name: ArtifactName): Promise<string> {
  const { file, beside } = await bundle(name, folder);
  return [file, ...beside.map((path) => join(folder, name, path))].map((path) => readFileSync(path, "utf8")).join("\n");
}
