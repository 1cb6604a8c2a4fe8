import { attribute, table } from "../../shared/alloy/arguments.ts";
import { bool, int } from "../../shared/alloy/plain-types.ts";
import type { ConfigBlock } from "../controller/config-block.ts";

/** `livedebugging`: read and without effect, because nothing streams what passes a component yet. */
export const livedebuggingBlock: ConfigBlock = {
  name: "livedebugging",
  kind: "service",
  stability: "generally-available",
  arguments: table({
    enabled: attribute(bool, { says: "Without effect: there is no live debugging yet." }),
    buffer_size: attribute(int, { default: 1000, says: "Without effect." }),
  }),
  apply() {},
};
