import { defineCommand } from "../command.ts";
import { runAsAlloy } from "./run-as-alloy.ts";

/** `sluice fmt`: formats a configuration as Alloy does. */
export const fmt = defineCommand({
  name: "fmt",
  summary: "Format a configuration file as Grafana Alloy's formatter does",
  parameters: ["FILE"],
  options: {
    write: { type: "boolean", short: "w", help: "Write the result to the file" },
    test: { type: "boolean", short: "t", help: "Exit with 1 when the text would change" },
  },
  commandLine: (args) => runAsAlloy(["fmt", ...args]),
  examples: [
    { line: "sluice fmt -w config.alloy", comment: "Format a file in place" },
    { line: "sluice fmt - < config.alloy", comment: "Print the formatted text of standard input" },
  ],
});
