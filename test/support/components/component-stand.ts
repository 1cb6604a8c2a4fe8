import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Component, ComponentContext, ComponentDefinition } from "../../../daemon/controller/component.ts";
import type { Table } from "../../../shared/alloy/arguments.ts";
import { decodeBody } from "../../../shared/alloy/decode-body.ts";
import { parseFile } from "../../../shared/alloy/parse.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import type { Value } from "../../../shared/alloy/value.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import type { EventFields, EventName } from "../../../shared/telemetry/events/events.ts";
import { createMetrics } from "../../../shared/telemetry/metrics/metrics.ts";

/** Decodes the arguments of a component from the text of its block; `variables` are what other components export. */
export function decodeArguments<Args>(
  of: Table<Args>,
  text: string,
  variables: Readonly<Record<string, Value>> = {},
): Args {
  const source = createSource("", text);
  const parsed = parseFile(source);
  if (parsed.kind === "invalid") throw new Error(parsed.diagnostics[0]?.message);
  const scope = { variables: new Map(Object.entries(variables)), library: new Map() };
  const decoded = decodeBody(parsed.tree.body, of, { source, scope });
  if (decoded.kind === "invalid") throw new Error(decoded.diagnostic.message);
  return decoded.args;
}

/** A component that runs alone, without a graph around it. */
export interface RunningComponent<Args, Exports> {
  readonly component: Component<Args, Exports>;
  /** The newest. */
  exports(): Exports;
  readonly events: readonly { readonly name: EventName; readonly fields: Partial<EventFields[EventName]> }[];
  readonly metrics: ComponentContext<Exports>["metrics"];
  stop(): Promise<void>;
}

/** Builds and runs a component, with a directory of its own. */
export async function runComponent<Args, Exports>(
  definition: ComponentDefinition<Args, Exports>,
  args: Args,
  given: Partial<ComponentContext<Exports>> = {},
): Promise<RunningComponent<Args, Exports>> {
  const storageDir = given.storageDir ?? mkdtempSync(join(tmpdir(), "component-"));
  const events: { name: EventName; fields: Partial<EventFields[EventName]> }[] = [];
  let exports: Exports | undefined;
  const context: ComponentContext<Exports> = {
    id: `${definition.name}.test`,
    stabilityLevel: "generally-available",
    emit: (name, fields) => void events.push({ name, fields: fields as Partial<EventFields[EventName]> }),
    metrics: createMetrics(),
    clock: systemClock,
    random: Math.random,
    hostname: "host",
    storageDir,
    setExports: (next) => {
      exports = next;
    },
    setHealth: () => {},
    http: {
      memoryAddress: "memory:12345",
      path: "/api/v0/component/test/",
      handle: () => {},
      request: () => Promise.reject(new Error("no pages here")),
    },
    service: ({ name }) => {
      throw new Error(`no service ${name} here`);
    },
    ...given,
  };
  const component = await definition.build(args, context);
  exports ??= component.exports;
  const stopping = new AbortController();
  const running = component.run?.(stopping.signal);
  return {
    component,
    exports: () => exports ?? component.exports,
    events,
    metrics: context.metrics,
    async stop() {
      stopping.abort();
      await running;
      if (given.storageDir === undefined) rmSync(storageDir, { recursive: true, force: true });
    },
  };
}
