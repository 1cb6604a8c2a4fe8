import { type ContextName, contextsOf } from "../ottl/contexts.ts";
import { attempt } from "../ottl/failure.ts";
import { compileGroup, contextNamed, type ErrorMode, errorModeNamed, type Group } from "../ottl/group.ts";
import type { OttlHost } from "../ottl/host.ts";
import type { SignalName } from "../signal.ts";
import type { Loaded, OnStatementError, Process } from "./processor.ts";
import { Refused, runConditions } from "./run-groups.ts";

/** A block `trace_conditions`, `metric_conditions` or `log_conditions`. */
export interface ConditionsBlock {
  readonly context?: string;
  readonly conditions: readonly string[];
  readonly error_mode?: string;
}

/** The arguments of otelcol.processor.filter. */
export interface FilterArguments {
  readonly error_mode?: string;
  readonly traces?: { readonly span?: readonly string[]; readonly spanevent?: readonly string[] };
  readonly metrics?: { readonly metric?: readonly string[]; readonly datapoint?: readonly string[] };
  readonly logs?: { readonly log_record?: readonly string[] };
  readonly trace_conditions?: readonly ConditionsBlock[];
  readonly metric_conditions?: readonly ConditionsBlock[];
  readonly log_conditions?: readonly ConditionsBlock[];
}

interface LoadedGroup {
  readonly group: Group;
  readonly errorMode: ErrorMode;
}

/** Reads the conditions of a filter processor: whatever one of them holds for is dropped. */
export function loadFilter(
  args: FilterArguments,
  options: { readonly host: OttlHost; readonly onError: OnStatementError },
): Loaded {
  const { host } = options;
  const problems: string[] = [];
  const keep = <T>(step: () => T): T | undefined => {
    const result = attempt(step);
    if ("value" in result) return result.value;
    problems.push(result.problem);
    return undefined;
  };
  const errorMode = keep(() => errorModeNamed(args.error_mode ?? "ignore")) ?? "ignore";
  const groups: Record<SignalName, readonly LoadedGroup[]> = { traces: [], metrics: [], logs: [] };
  for (const signal of ["traces", "metrics", "logs"] as const) {
    const lists = listsOf(args, signal).filter(([, conditions]) => conditions.length > 0);
    const blocks = blocksOf(args, signal);
    if (lists.length > 0 && blocks.length > 0)
      problems.push(`${signal}: conditions by context and a list of conditions cannot both be set`);
    const loaded = lists.map(([context, conditions]) =>
      keep((): LoadedGroup => {
        const source = { signal, kind: "filter" as const, context, statements: [], conditions };
        return { group: compileGroup(source, host), errorMode };
      }),
    );
    const ofBlocks = blocks.flatMap((block) => keep(() => loadBlock(block, { signal, errorMode, host })) ?? []);
    groups[signal] = [...loaded.filter((each) => each !== undefined), ...ofBlocks];
  }
  if (problems.length > 0) return { kind: "rejected", problems };
  return { kind: "processor", process: createFilter(groups, options.onError) };
}

/** In the order in which they run. */
function listsOf(args: FilterArguments, signal: SignalName): [ContextName, readonly string[]][] {
  const { traces, metrics, logs } = args;
  switch (signal) {
    case "traces":
      return [
        ["span", traces?.span ?? []],
        ["spanevent", traces?.spanevent ?? []],
      ];
    case "metrics":
      return [
        ["metric", metrics?.metric ?? []],
        ["datapoint", metrics?.datapoint ?? []],
      ];
    case "logs":
      return [["log", logs?.log_record ?? []]];
  }
}

function blocksOf(args: FilterArguments, signal: SignalName): readonly ConditionsBlock[] {
  const blocks = { traces: args.trace_conditions, metrics: args.metric_conditions, logs: args.log_conditions };
  return blocks[signal] ?? [];
}

function loadBlock(
  block: ConditionsBlock,
  { signal, errorMode, host }: { signal: SignalName; errorMode: ErrorMode; host: OttlHost },
): LoadedGroup[] {
  const own = block.error_mode ? errorModeNamed(block.error_mode) : errorMode;
  const compiled = (conditions: readonly string[], context?: ContextName): LoadedGroup => {
    const source = { signal, kind: "filter" as const, statements: [], conditions, ...(context && { context }) };
    return { group: compileGroup(source, host), errorMode: own };
  };
  const { conditions } = block;
  if (block.context) return [compiled(conditions, contextNamed(block.context, signal, "conditions"))];
  // Each condition says by its paths what it is about; what is asked of resources comes first.
  const single = conditions.map((condition) => ({ condition, name: compiled([condition]).group.context.name }));
  return contextsOf[signal].flatMap((name) => {
    const own = single.filter((each) => each.name === name).map((each) => each.condition);
    return own.length > 0 ? [compiled(own)] : [];
  });
}

function createFilter(
  groups: Readonly<Record<SignalName, readonly LoadedGroup[]>>,
  onError: OnStatementError,
): Process {
  return (bytes, signal) => {
    let current = bytes;
    let droppedItems = 0;
    try {
      for (const { group, errorMode } of groups[signal]) {
        const edited = runConditions(current, group, { signal, errorMode, onError });
        droppedItems += edited.droppedItems;
        if (edited.isEmpty) return { kind: "nothing", droppedItems };
        current = edited.bytes;
      }
    } catch (error) {
      if (error instanceof Refused) return { kind: "refused", reason: error.message };
      throw error;
    }
    return { kind: "passed", bytes: current, droppedItems };
  };
}
