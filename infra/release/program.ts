import type { ReleaseStep } from "./release.ts";

/** The daemon and the command line as one file, for every system with Node 24: `./sluice.mjs run config.alloy`. */
export const program: ReleaseStep = {
  name: "program",
  async build({ bundle }) {
    const { module } = await bundle("sluice");
    return [{ path: "sluice.mjs", bytes: module, mode: 0o755 }];
  },
};
