import type { ArgumentType } from "../../alloy/argument-type.ts";
import { required, table } from "../../alloy/arguments.ts";
import { Mismatch } from "../../alloy/mismatch.ts";
import { string } from "../../alloy/text-types.ts";
import { TemplateError, type TemplateValue } from "../template/nodes.ts";
import { compileTemplate } from "../template/template.ts";
import { changing, extractedText, extractedValues, InvalidStage, type StageEntry, stageKind } from "./stage.ts";

/** A template of Go as an argument: it is parsed where it stands, so that an error has its place. */
const templateText: ArgumentType<string> = {
  ...string,
  name: "template",
  decode(value) {
    const source = string.decode(value);
    try {
      compileTemplate(source);
    } catch (error) {
      if (error instanceof TemplateError) throw new Mismatch(error.message);
      throw error;
    }
    return source;
  },
};

const args = table({ source: required(string), template: required(templateText) });

/** `stage.template`: an extracted value becomes the text of a template; an empty text removes it. */
export const template = stageKind(args, ({ source, template: text }, { now }) => {
  if (source === "") throw new InvalidStage("template source value is required");
  const run = compileTemplate(text, now);
  return changing((entry) => {
    const data = templateData(entry);
    const value = data.get(source);
    if (value !== undefined) data.set("Value", value);
    data.set("Entry", entry.line);
    const result = run(data);
    if (result !== undefined) entry.values.set(source, result === "" ? undefined : result);
  });
});

/** The extracted values as templates see them: those that have a text. */
export function templateData(entry: StageEntry): Map<string, TemplateValue> {
  const data = new Map<string, TemplateValue>();
  for (const [name, value] of extractedValues(entry)) {
    const text = extractedText(value);
    if (text !== undefined) data.set(name, text);
  }
  return data;
}
