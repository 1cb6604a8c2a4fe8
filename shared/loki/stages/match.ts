import { attribute, family, required, type Table, table } from "../../alloy/arguments.ts";
import { string } from "../../alloy/text-types.ts";
import type { LabelSet } from "../entry.ts";
import { labelValue } from "../labels.ts";
import { type Matcher, parseSelector, type Selector } from "../selector.ts";
import { lineHolds, lineTest } from "./line-test.ts";
import { InvalidStage, type Stage, type StageEntry, type StageKind, type StageSpec, stageKind } from "./stage.ts";
import { stageHints } from "./stage-hints.ts";

/** `stage.match`: runs `stages` for entries that a LogQL selector picks, or drops them. `members` are the stages that may stand inside. */
export function match(members: Readonly<Record<string, Table>>): StageKind {
  const args = table(
    {
      selector: required(string, { help: "LogQL: label matchers and line filters." }),
      stage: family(members),
      action: attribute(string, { help: "`keep` (default) or `drop`." }),
      pipeline_name: attribute(string),
      drop_counter_reason: attribute(string),
    },
    { hints: stageHints },
  );
  return stageKind(args, (given, context) => {
    const stages: readonly StageSpec[] = given.stage;
    check(given.selector, given.action, stages.length);
    const isSelected = selects(parse(given.selector));
    if (given.action === "drop") {
      const reason = given.drop_counter_reason || "match_stage";
      return {
        process(entry, next) {
          if (isSelected(entry)) context.drop(entry, reason);
          else next(entry);
        },
      };
    }
    return keeping(isSelected, context.inner(stages));
  });
}

function keeping(isSelected: (entry: StageEntry) => boolean, inner: Stage): Stage {
  return {
    process(entry, next) {
      if (isSelected(entry)) inner.process(entry, next);
      else next(entry);
    },
    close: (next) => inner.close?.(next),
  };
}

function check(selector: string, action: string, stages: number): void {
  if (selector === "") throw new InvalidStage("selector statement required for match stage");
  if (action === "drop") {
    if (stages > 0) throw new InvalidStage("match stage configured to drop entries cannot contains stages");
  } else if (action !== "keep" && action !== "") {
    throw new InvalidStage("match stage action should be 'keep' or 'drop'");
  } else if (stages === 0) {
    throw new InvalidStage("match stage requires at least one additional stage to be defined in '- stages'");
  }
}

function parse(text: string): Selector {
  const parsed = parseSelector(text);
  if (parsed.kind === "selector") return parsed.selector;
  throw new InvalidStage(`invalid selector syntax for match stage: ${parsed.reason}`);
}

/** What a selector says of entries. */
function selects({ matchers, filters }: Selector): (entry: StageEntry) => boolean {
  const lines = filters.map(({ isNegated, tests }) => {
    const all = tests.map((test) => ("text" in test ? lineHolds(test.text) : lineTest(test.pattern)));
    return (entry: StageEntry) => all.some((test) => test(entry)) !== isNegated;
  });
  let labels: LabelSet | undefined;
  let areSelected = false;
  return (entry) => {
    // Lines that come together mostly have the same labels.
    if (entry.labels !== labels) {
      labels = entry.labels;
      areSelected = matchers.every((each) => accepts(each, entry));
    }
    if (!areSelected) return false;
    for (const line of lines) if (!line(entry)) return false;
    return true;
  };
}

function accepts(matcher: Matcher, entry: StageEntry): boolean {
  return matcher.test(labelValue(entry.labels, matcher.name) ?? "");
}
