import { table } from "../../alloy/arguments.ts";
import { changing, stageKind } from "./stage.ts";

const esc = "\\u001b";
const bell = "\\u0007";
/** ECMA-48: control sequences (also by their one-byte introducer), operating system commands, and escapes of a set of characters. */
const sequences = new RegExp(
  `(?:${esc}\\[|\\u009b)[0-?]*[ -/]*[@-~]|${esc}\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)|${esc}[()#][0-9A-Za-z]|${esc}[=><cfn-ry]`,
  "g",
);

/** `stage.decolorize`: removes the control sequences that colour a terminal. */
export const decolorize = stageKind(table({}), () =>
  changing((entry) => {
    entry.line = entry.line.replace(sequences, "");
  }),
);
