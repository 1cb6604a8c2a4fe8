import { hostname } from "node:os";
import { createLibrary } from "../../shared/alloy/library/library.ts";
import type { ObjectValue } from "../../shared/alloy/value.ts";

const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
const systems: Readonly<Record<string, string>> = { win32: "windows", sunos: "solaris" };

/** This machine as Go names it: `linux`, `amd64`. */
export function goPlatform(): { readonly goos: string; readonly goarch: string } {
  const { platform, arch } = process;
  return { goos: systems[platform] ?? platform, goarch: architectures[arch] ?? arch };
}

/** The standard library on this machine. `constants.version` is Sluice's own. */
export function hostLibrary(version: string): ObjectValue {
  const { goos: os, goarch: arch } = goPlatform();
  return createLibrary({
    env: (name) => process.env[name],
    constants: { hostname: hostname(), os, arch, version: `v${version}` },
  });
}
