import { defineCommand } from "../command.ts";
import { flagOptions } from "./flag-options.ts";
import { runAsAlloy } from "./run-as-alloy.ts";

/** `sluice run`: runs a configuration in the language of Grafana Alloy. */
export const run = defineCommand({
  name: "run",
  summary: "Run a configuration file of Grafana Alloy, or a directory of them",
  details: "Without PATH, the configuration is the text in SLUICE_CONFIG or ALLOY_CONFIG, or an SSM parameter.",
  parameters: ["[PATH]"],
  options: flagOptions(),
  commandLine: (args) => runAsAlloy(["run", ...args]),
  examples: [
    { line: "sluice run config.alloy", comment: "Run a file; SIGHUP reads it again" },
    {
      line: "sluice run --storage.path=/var/lib/sluice /etc/alloy",
      comment: "Run a directory, with queues and positions elsewhere",
    },
    { line: "sluice run --config.ssm /alloy-daemon/demo/config", comment: "Run what an SSM parameter holds" },
  ],
});
