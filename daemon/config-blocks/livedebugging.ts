import { attribute, table } from "../../shared/alloy/arguments.ts";
import { bool, int } from "../../shared/alloy/plain-types.ts";
import type { ConfigBlock } from "../controller/config-block.ts";
import type { LiveDebuggingSettings } from "../controller/live-debugging.ts";

const args = table(
  {
    enabled: attribute(bool, {
      help: "Whether `/api/v0/web/debug/<id>` may show the contents of what passes a component.",
    }),
    buffer_size: attribute(int, {
      default: 1000,
      help: "Texts that wait for a client that reads slowly; others are left out.",
    }),
  },
  {
    validate: ({ buffer_size: size }) =>
      size >= 1 && size <= 100_000 ? undefined : "buffer_size must be between 1 and 100000",
  },
);

/** `livedebugging`: whether what passes components may be looked at. */
export function livedebuggingBlock(
  apply: (settings: LiveDebuggingSettings) => void,
): ConfigBlock<LiveDebuggingSettings> {
  return { name: "livedebugging", kind: "service", stability: "generally-available", arguments: args, apply };
}
