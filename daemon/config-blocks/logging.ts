import { attribute, table } from "../../shared/alloy/arguments.ts";
import { list } from "../../shared/alloy/composite-types.ts";
import { oneOf } from "../../shared/alloy/text-types.ts";
import type { EntryReceiver } from "../../shared/loki/entry-receiver.ts";
import { logsReceiver } from "../controller/capsules.ts";
import type { ConfigBlock } from "../controller/config-block.ts";

export interface LoggingSettings {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly format: "logfmt" | "json";
  readonly write_to: readonly EntryReceiver[];
}

const args = table({
  level: attribute(
    oneOf(["error", "warn", "info", "debug"], (word) => `unrecognized log level ${JSON.stringify(word)}`),
    { default: "info", help: "The least severe level that is logged." },
  ),
  format: attribute(
    oneOf(["logfmt", "json"], (word) => `unrecognized log format ${JSON.stringify(word)}`),
    { default: "logfmt", help: "How a line is written." },
  ),
  write_to: attribute(list(logsReceiver), { help: "Receivers that get the log lines as well." }),
});

/** `logging`: how this process tells about itself. */
export function loggingBlock(apply: (settings: LoggingSettings) => void): ConfigBlock<LoggingSettings> {
  return { name: "logging", kind: "config", stability: "generally-available", arguments: args, apply };
}
