import { pipelineCommandLine } from "../../../daemon/pipeline/command-line.ts";

/** What surrounds a command: its environment, standard input, and the parameter in Parameter Store. */
export interface CommandSurroundings {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  readonly parameter?: string;
}

/** Runs `run`, `fmt` or `validate` in this process: the exit code, and what went to both outputs. */
export async function commandLine(argv: readonly string[], given: CommandSurroundings = {}) {
  let out = "";
  let err = "";
  const exit = await pipelineCommandLine(argv, {
    env: given.env ?? {},
    version: "1.2.3",
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    input: async () => new TextEncoder().encode(given.input ?? ""),
    color: false,
    readParameter: async () => given.parameter ?? "",
    onReload() {},
    stopRequested: () => new Promise(() => {}),
  });
  return { exit, out, err };
}
