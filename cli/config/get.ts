import { namedText } from "../../shared/config/named-settings.ts";
import { defineCommand, exitCodes, stageOption } from "../command.ts";
import { parametersOf, stageOf } from "../stage.ts";
import { complain } from "../terminal/io.ts";
import { findParameter } from "./find-parameter.ts";

/** `sluice config get`. */
export const configGet = defineCommand({
  name: "config get",
  summary: "Print the value of one parameter",
  details: "Exits with 1 when it is not set. A secret is printed only with --reveal.",
  parameters: ["SETTING"],
  options: {
    stage: stageOption,
    reveal: { type: "boolean", help: "Print a secret as it is" },
  },
  examples: [
    { line: "sluice config get grafana-cloud/endpoint --stage prod", comment: "where the prod stage sends to" },
    { line: "sluice config get log-level --json", comment: "the dev stage's log level, as JSON" },
  ],
  async run({ args: [given = ""], options, io, show }) {
    const stage = stageOf(options, io);
    const found = findParameter(given, io);
    if (stage === undefined || found === undefined) return exitCodes.usage;
    const { key, setting, name } = found;
    const store = await parametersOf(stage);
    const read = await store.read();
    if (read.kind === "failed") {
      complain(io, read.reason);
      return exitCodes.failed;
    }
    const text = key === undefined ? namedText(name, read) : read.texts[key];
    if (text === undefined) {
      const fallback = setting.default === undefined ? "it has no default" : `its default is ${setting.default}`;
      complain(
        io,
        `${store.name}${name} is not set; ${fallback}.`,
        `Set it: sluice config put ${name} --stage ${stage}`,
      );
      return exitCodes.bad;
    }
    const value = setting.secret && !options.reveal ? "[secret]" : text;
    show({ data: { name, value }, text: value });
    return exitCodes.ok;
  },
});
