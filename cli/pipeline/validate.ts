import { defineCommand } from "../command.ts";
import { flagOptions } from "./flag-options.ts";
import { runAsAlloy } from "./run-as-alloy.ts";

/** `sluice validate`: what a load would say, without running anything. */
export const validate = defineCommand({
  name: "validate",
  summary: "Check a configuration file as loading it would, and run nothing",
  details: "Expressions are evaluated, so that the environment and the files that it reads are needed as well.",
  parameters: ["[PATH]"],
  options: flagOptions(),
  commandLine: (args) => runAsAlloy(["validate", ...args]),
  examples: [{ line: "sluice validate config.alloy", comment: "Exit with 1, and say where, when it cannot be loaded" }],
});
