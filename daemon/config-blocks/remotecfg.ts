import { attribute, table } from "../../shared/alloy/arguments.ts";
import { map } from "../../shared/alloy/composite-types.ts";
import { duration, string } from "../../shared/alloy/text-types.ts";
import type { ConfigBlock } from "../controller/config-block.ts";

/** `remotecfg`: refused, unless its URL is empty. */
export const remotecfgBlock: ConfigBlock = {
  name: "remotecfg",
  kind: "service",
  stability: "generally-available",
  arguments: table({
    url: attribute(string, { unsupported: "deliver the file by your own means and send SIGHUP" }),
    id: attribute(string),
    name: attribute(string),
    attributes: attribute(map(string)),
    poll_frequency: attribute(duration, { default: 60_000 }),
  }),
  apply() {},
};
