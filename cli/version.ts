import { defineCommand, exitCodes } from "./command.ts";
import { packageVersion } from "./package-version.ts";

export const version = defineCommand({
  name: "version",
  summary: "Print the versions of Sluice and Node",
  examples: [{ line: "sluice version", says: "for a bug report" }],
  async run({ show }) {
    const versions = { sluice: packageVersion(), node: process.versions.node };
    show({ data: versions, text: `sluice ${versions.sluice}, node ${versions.node}` });
    return exitCodes.ok;
  },
});
