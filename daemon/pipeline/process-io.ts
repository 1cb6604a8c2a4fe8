import { buffer } from "node:stream/consumers";
import manifest from "../../package.json" with { type: "json" };
import type { PipelineIo } from "./command-line.ts";

/** The process that this is, for a command of the pipeline. */
export function processPipelineIo(): PipelineIo {
  const { env, stdin, stdout, stderr } = process;
  // Whoever reads the log may go away; what is in flight may not.
  stderr.on("error", () => {});
  return {
    env,
    version: manifest.version,
    out: (text) => stdout.write(text),
    err: (text) => stderr.write(text),
    input: async () => buffer(stdin),
    color: stderr.isTTY === true && !env.NO_COLOR,
    readParameter: async (name) => (await import("../../shared/aws/ssm/ssm-parameter.ts")).readSsmParameter(name),
    onReload: (reload) => process.on("SIGHUP", reload),
    stopRequested: () =>
      new Promise((resolve) => {
        for (const signal of ["SIGTERM", "SIGINT"] as const) {
          process.on(signal, () => {
            resolve(signal);
            // Asked twice, it goes at once.
            process.once(signal, () => process.exit(1));
          });
        }
      }),
  };
}
