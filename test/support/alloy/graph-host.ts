import type { ComponentDefinition } from "../../../daemon/controller/component.ts";
import { createComponentPages } from "../../../daemon/controller/component-pages.ts";
import type { ConfigBlock } from "../../../daemon/controller/config-block.ts";
import type { GraphHost } from "../../../daemon/controller/graph-host.ts";
import { createLiveDebugging } from "../../../daemon/controller/live-debugging.ts";
import { createSequence } from "../../../daemon/controller/sequence.ts";
import { createTap } from "../../../daemon/controller/taps.ts";
import { createSource } from "../../../shared/alloy/source.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { createMetrics } from "../../../shared/telemetry/metrics/metrics.ts";
import { vectorLibrary } from "../../alloy/vector-scope.ts";

export interface TestHostOptions {
  readonly definitions: ReadonlyMap<string, ComponentDefinition>;
  readonly configBlocks?: readonly ConfigBlock[];
  readonly stability?: GraphHost["stability"];
  readonly env?: Readonly<Record<string, string>>;
  /** Files that modules are imported from, by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly events?: string[];
}

/** A host of graphs for tests: nothing of it reaches the machine. */
export function testGraphHost(options: TestHostOptions): GraphHost {
  const { definitions, configBlocks = [], stability = "generally-available", env, files = {}, events = [] } = options;
  const debugging = createLiveDebugging();
  return {
    definitions,
    debugging,
    tap: createTap(debugging),
    configBlocks: new Map(configBlocks.map((block) => [block.name, block])),
    library: vectorLibrary(env),
    stability,
    emit: (name, fields) => events.push(`${name} ${JSON.stringify(fields)}`),
    metrics: createMetrics(),
    clock: systemClock,
    random: Math.random,
    hostname: "host",
    storagePath: "/nowhere",
    pages: createComponentPages("alloy.internal:12345"),
    sequence: createSequence(),
    shutdownDeadlineMs: 1_000,
    async readSources(path) {
      const found = Object.entries(files).filter(([name]) => name === path || name.startsWith(`${path}/`));
      if (found.length === 0) throw new Error(`stat ${path}: no such file or directory`);
      return found.map(([name, text]) => createSource(name, text));
    },
    service(key) {
      throw new Error(`there is no ${key.name}`);
    },
  };
}
