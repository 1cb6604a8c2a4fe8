import { attribute, required, table } from "../../alloy/arguments.ts";
import { string } from "../../alloy/text-types.ts";
import { TemplateError } from "../template/nodes.ts";
import { compileTemplate, type Template } from "../template/template.ts";
import { compilePattern } from "./compile.ts";
import { lineJudge } from "./line-test.ts";
import { changing, InvalidStage, type StageEntry, sourceText, stageKind } from "./stage.ts";
import { templateData } from "./template.ts";

const args = table({
  expression: required(string),
  source: attribute(string, { help: "Value to change instead of the line." }),
  replace: attribute(string, { help: "A template; `.Value` is the group." }),
});

/** `stage.replace`: puts a text in the place of every group of every match; a named group also becomes an extracted value. */
export const replace = stageKind(args, ({ expression, source, replace: text }, { now }) => {
  if (expression === "") throw new InvalidStage("expression is required");
  const pattern = compilePattern(expression, "could not compile regular expression");
  const run = compile(text, now);
  const names = [...pattern.groupNames.entries()];

  /** The text with its replacements, and what each group's text became. */
  function replaced(input: string, entry: StageEntry): { text: string; results: Map<string, string> } | undefined {
    const data = templateData(entry);
    const results = new Map<string, string>();
    let out = "";
    let end = 0;
    for (let from = 0; from <= input.length; ) {
      const found = pattern.execIndices(input, from);
      const [start, matchEnd] = found ?? [];
      if (found === undefined || start === undefined || matchEnd === undefined) break;
      for (let group = 2; group < found.length; group += 2) {
        const [groupStart = -1, groupEnd = -1] = [found[group], found[group + 1]];
        if (groupStart < 0) continue;
        const captured = input.slice(groupStart, groupEnd);
        data.set("Value", captured);
        // Equal groups become equal texts: a line may have a hundred thousand of them.
        const result = results.get(captured) ?? run(data);
        if (result === undefined) return undefined;
        results.set(captured, result);
        if (end !== 0 && groupStart < end) continue;
        out += input.slice(end, groupStart) + result;
        end = groupEnd;
      }
      from = matchEnd > start ? matchEnd : matchEnd + 1;
    }
    return { text: out + input.slice(end), results };
  }

  const judge = lineJudge(pattern);
  return changing((entry) => {
    if (source === "" && judge(entry) === false) return;
    const input = sourceText(entry, source);
    const first = input === undefined ? undefined : pattern.exec(input);
    if (input === undefined || first === undefined) return;
    const result = replaced(input, entry);
    if (result === undefined) return;
    if (source === "") entry.line = result.text;
    else entry.values.set(source, result.text);
    for (const [index, name] of names) {
      const value = name === undefined ? undefined : result.results.get(first.groups[index] ?? "");
      if (name !== undefined && value !== undefined) entry.values.set(name, value);
    }
  });
});

function compile(text: string, now: () => number): Template {
  try {
    return compileTemplate(text, now);
  } catch (error) {
    if (error instanceof TemplateError) throw new InvalidStage(error.message);
    throw error;
  }
}
