import { conceal } from "../../shared/config/conceal.ts";
import { parseValue } from "../../shared/config/parse-value.ts";
import { defineCommand, exitCodes, stageOption } from "../command.ts";
import { parametersOf, stageOf } from "../stage.ts";
import { ask } from "../terminal/ask.ts";
import { complain, type Io } from "../terminal/io.ts";
import { type FoundParameter, findParameter } from "./find-parameter.ts";

/** `sluice config put`. */
export const configPut = defineCommand({
  name: "config put",
  summary: "Set a parameter",
  details:
    "Without VALUE it asks at the terminal, a secret without showing it, or reads standard input. Secrets are kept as SecureString. Running processes use the value within SLUICE_REFRESH_INTERVAL.",
  parameters: ["SETTING", "[VALUE]"],
  options: {
    stage: stageOption,
    "kms-key": {
      type: "string",
      placeholder: "KEY",
      help: "KMS key for a secret (default: the account's own for SSM)",
    },
  },
  examples: [
    {
      line: "sluice config put grafana-cloud/endpoint https://otlp-gateway-prod-eu-west-2.grafana.net/otlp",
      comment: "where to send to",
    },
    { line: "sluice config put grafana-cloud/api-key --stage prod", comment: "asks for the token" },
    { line: "sluice config put grafana-cloud/api-key --stage prod < token.txt", comment: "takes it from a file" },
    {
      line: "sluice config put senders/web/tokens --stage prod",
      comment: "a sender's token; destinations/… are put in the same way",
    },
  ],
  async run({ args: [wanted = "", given], options, io, show }) {
    const stage = stageOf(options, io);
    const found = findParameter(wanted, io);
    if (stage === undefined || found === undefined) return exitCodes.usage;
    const { key, setting, name } = found;
    if (given !== undefined && setting.secret) {
      io.say("Warning: a secret on the command line stays in the shell's history and shows in the list of processes.");
      io.say("  Leave it out and it is asked for, or give it on standard input.");
    }
    const text = (given ?? (await askedValue(found, io)))?.trim();
    if (!text) {
      complain(io, `No value was given for ${name}.`, "Nothing was changed.");
      return exitCodes.usage;
    }
    const parsed = parseValue(setting, text);
    if (parsed.kind === "bad") {
      const shown = setting.secret ? "That value" : JSON.stringify(conceal(text));
      complain(io, `${shown} cannot be used for ${name}: it must ${parsed.must}.`, "Nothing was changed.");
      return exitCodes.usage;
    }
    const unusable = key === "pipeline" ? await problemOfPipeline(text, io) : undefined;
    if (unusable !== undefined) {
      complain(io, `The functions could not run this pipeline:\n${unusable}`, "Nothing was changed.");
      return exitCodes.failed;
    }
    const put = await (await parametersOf(stage)).put(setting, text, { kmsKeyId: options["kms-key"] });
    if (put.kind === "failed") {
      complain(io, put.reason);
      return exitCodes.failed;
    }
    show({ data: { name: put.name, version: put.version }, text: `${put.name} is set (version ${put.version}).` });
    return exitCodes.ok;
  },
});

/** The language and its components are loaded only where they are asked. */
async function problemOfPipeline(text: string, { env }: Io): Promise<string | undefined> {
  return (await import("../../functions/pipeline/check-pipeline.ts")).checkPipeline(text, env);
}

async function askedValue({ name, setting }: FoundParameter, io: Io): Promise<string | undefined> {
  if (!io.interactive) return io.input();
  const question = `${name}${setting.secret ? " (not shown)" : ""}: `;
  return ask(question, { hidden: setting.secret === true });
}
