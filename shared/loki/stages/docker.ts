import { table } from "../../alloy/arguments.ts";
import { withLabel } from "../labels.ts";
import { parseRfc3339 } from "../rfc3339.ts";
import { parseObject } from "./parse-object.ts";
import { changing, stageKind } from "./stage.ts";

/** `stage.docker`: reads lines of Docker's json-file driver, `{"log":"…\n","stream":"stdout","time":"…"}`; others pass. */
export const docker = stageKind(table({}), () =>
  changing((entry) => {
    const data = parseObject(entry.line);
    if (data === undefined) return;
    const {
      log = "",
      stream = "",
      time = "",
    } = { ...data, log: data.log ?? "", stream: data.stream ?? "", time: data.time ?? "" };
    if (typeof log !== "string" || typeof stream !== "string" || typeof time !== "string") return;
    entry.values.set("output", log);
    entry.values.set("stream", stream);
    entry.values.set("timestamp", time);
    entry.line = log;
    entry.labels = withLabel(entry.labels, "stream", stream);
    entry.timeUnixNano = parseRfc3339(time) ?? entry.timeUnixNano;
  }),
);
