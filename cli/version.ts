import manifest from "../package.json" with { type: "json" };
import { defineCommand, exitCodes } from "./command.ts";

/** `sluice version`. */
export const version = defineCommand({
  name: "version",
  summary: "Print the versions of Sluice and Node",
  examples: [{ line: "sluice version", comment: "for a bug report" }],
  async run({ show }) {
    const versions = { sluice: manifest.version, node: process.versions.node };
    show({ data: versions, text: `sluice ${versions.sluice}, node ${versions.node}` });
    return exitCodes.ok;
  },
});
