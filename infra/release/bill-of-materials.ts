import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ReleaseStep } from "./release.ts";

/** What is inside, as CycloneDX: npm's own list of the packages that the product needs, without what changes from run to run. */
export const billOfMaterials: ReleaseStep = {
  name: "sbom",
  async build({ root, epoch, scratch }) {
    // npm calls the list after the folder.
    const folder = join(scratch("sbom"), "sluice");
    mkdirSync(folder);
    writeProductionLock(root, folder);
    const { stdout } = await promisify(execFile)("npm", ["sbom", "--sbom-format", "cyclonedx", "--package-lock-only"], {
      cwd: folder,
      env: { PATH: process.env.PATH, HOME: folder },
      maxBuffer: 64 * 1024 * 1024,
    });
    const { serialNumber: _, ...list } = JSON.parse(stdout);
    list.metadata.timestamp = new Date(epoch * 1000).toISOString();
    const text = JSON.stringify(list, null, 1);
    const serialNumber = `urn:uuid:${uuidOf(text)}`;
    return [{ path: "sluice.cdx.json", bytes: Buffer.from(`${JSON.stringify({ ...list, serialNumber }, null, 1)}\n`) }];
  },
};

/** The lock without what is only for development: `--omit dev` leaves packages out that the product needs as well. */
function writeProductionLock(root: string, folder: string): void {
  const { devDependencies: _, ...manifest } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  const { devDependencies: __, ...product } = lock.packages[""];
  const needed = Object.entries<{ readonly dev?: boolean }>(lock.packages).filter(([, { dev }]) => !dev);
  const packages = { ...Object.fromEntries(needed), "": product };
  writeFileSync(join(folder, "package.json"), JSON.stringify(manifest));
  writeFileSync(join(folder, "package-lock.json"), JSON.stringify({ ...lock, packages }));
}

/** A UUID of version 8 (RFC 9562) that names the text. */
function uuidOf(text: string): string {
  const hex = createHash("sha256").update(text).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `8${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
    "-",
  );
}
