import { defineCommand, exitCodes } from "./command.ts";

/** `sluice daemon`. */
export const daemon = defineCommand({
  name: "daemon",
  summary: "Run the daemon: OTLP over gRPC and HTTP, on this host",
  details:
    "The same program as `npm run daemon` and the container. Settings come from the environment, and from Parameter Store where SLUICE_STAGE is set; it stops on SIGTERM.",
  examples: [
    { line: "sluice daemon", comment: "on 4317 and 4318, straight to Grafana Cloud" },
    { line: "SLUICE_STAGE=prod sluice daemon", comment: "with the settings of the prod stage" },
  ],
  async run() {
    await import("../daemon/main.ts");
    return exitCodes.ok;
  },
});
