import { hostname } from "node:os";
import { createLibrary } from "../../shared/alloy/library/library.ts";
import type { ObjectValue } from "../../shared/alloy/value.ts";

const architectures: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
const systems: Readonly<Record<string, string>> = { win32: "windows", sunos: "solaris" };

/** The standard library on this machine. `constants.version` is Sluice's own. */
export function hostLibrary(version: string): ObjectValue {
  const { platform, arch, env } = process;
  return createLibrary({
    env: (name) => env[name],
    constants: {
      hostname: hostname(),
      os: systems[platform] ?? platform,
      arch: architectures[arch] ?? arch,
      version: `v${version}`,
    },
  });
}
