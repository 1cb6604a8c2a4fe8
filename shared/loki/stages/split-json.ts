import { attribute, table } from "../../alloy/arguments.ts";
import { optional } from "../../alloy/composite-types.ts";
import { string } from "../../alloy/text-types.ts";
import { splitJsonArray } from "../split-json-array.ts";
import { checkSource } from "./compile.ts";
import { sourceText, stageKind, withLine } from "./stage.ts";

const args = table({ source: attribute(optional(string), { help: "Value to split instead of the line." }) });

/** `stage.split_json`: an entry whose line is a JSON array becomes one for each element; others pass. */
export const splitJson = stageKind(args, ({ source }, context) => {
  checkSource(source);
  return {
    process(entry, next) {
      const text = sourceText(entry, source);
      const elements = text === undefined ? undefined : splitJsonArray(text);
      if (elements === undefined) return next(entry);
      for (const line of elements) {
        for (const ticket of [entry.ticket, ...entry.joined]) ticket.pending += 1;
        next(withLine(entry, line, entry));
      }
      context.drop(entry, "");
    },
  };
});
