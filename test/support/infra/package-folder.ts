import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** A folder for what several files of a run package in common. */
    packages: string;
  }
}

/** Runs before the first file of a project; what it returns runs after the last one. */
export default function setup(project: TestProject): () => void {
  const packages = mkdtempSync(join(tmpdir(), "sluice-packages-"));
  project.provide("packages", packages);
  return () => rmSync(packages, { recursive: true });
}
