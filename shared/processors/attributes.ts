import { editRequest } from "../edit/edit-request.ts";
import { attempt } from "../ottl/failure.ts";
import type { SignalName } from "../signal.ts";
import { type ActionArguments, type CompiledAction, compileAction } from "./attribute-actions.ts";
import { itemAttributes } from "./item-attributes.ts";
import { compileMatch, type MatchArguments, type Matcher } from "./match-items.ts";
import type { Loaded, RequestContext } from "./processor.ts";

/** The arguments of otelcol.processor.attributes. */
export interface AttributesArguments {
  readonly action: readonly ActionArguments[];
  readonly include?: MatchArguments;
  readonly exclude?: MatchArguments;
}

type Matchers = Readonly<Record<SignalName, Matcher>>;

const noContext: RequestContext = { metadata: new Map() };

/**
 * Reads the actions and conditions of an attributes processor; `signals` are those that are wired, since include and
 * exclude must fit each of them.
 */
export function loadAttributes(args: AttributesArguments, signals: readonly SignalName[]): Loaded {
  if (args.action.length === 0) return { kind: "rejected", problems: ['missing required field "actions"'] };
  const problems: string[] = [];
  const keep = <T>(step: () => T): T | undefined => {
    const result = attempt(step);
    if ("value" in result) return result.value;
    problems.push(result.problem);
    return undefined;
  };
  const actions = args.action.map((action, index) => keep(() => compileAction(action, index)));
  const matchers: Partial<Record<SignalName, Matcher>> = {};
  for (const signal of signals) {
    const include = args.include && keep(() => compileMatch(args.include as MatchArguments, signal));
    const exclude = args.exclude && keep(() => compileMatch(args.exclude as MatchArguments, signal));
    matchers[signal] = (scene) => (!include || include(scene)) && !exclude?.(scene);
  }
  if (problems.length > 0) return { kind: "rejected", problems: [...new Set(problems)] };
  return { kind: "processor", process: createProcess(actions as CompiledAction[], matchers as Matchers) };
}

function createProcess(actions: readonly CompiledAction[], matchers: Matchers) {
  return (bytes: Uint8Array, signal: SignalName, context: RequestContext = noContext) => {
    const matches = matchers[signal];
    const edited = editRequest(bytes, signal, {
      level: "item",
      visit: (scene) => {
        if (matches && !matches(scene)) return true;
        const attributes = itemAttributes(scene);
        for (const action of actions) action(attributes, context);
        return true;
      },
    });
    return { kind: "passed" as const, bytes: edited.bytes, droppedItems: 0 };
  };
}
