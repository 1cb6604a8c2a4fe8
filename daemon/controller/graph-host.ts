import type { Source } from "../../shared/alloy/source.ts";
import type { ObjectValue } from "../../shared/alloy/value.ts";
import type { Clock, Random } from "../../shared/clock.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";
import type { Metrics } from "../../shared/telemetry/metrics/metrics.ts";
import type { ComponentDefinition, ServiceKey, Stability } from "./component.ts";
import type { ComponentPages } from "./component-pages.ts";
import type { ConfigBlock } from "./config-block.ts";
import type { LiveDebugging } from "./live-debugging.ts";
import type { Sequence } from "./sequence.ts";
import type { Tap } from "./taps.ts";

/** What the components of a process share. */
export interface ComponentHost {
  readonly stability: Stability;
  readonly emit: Emit;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  readonly hostname: string;
  /** `--storage.path`. */
  readonly storagePath: string;
  readonly pages: ComponentPages;
  readonly debugging: LiveDebugging;
  /** How long a component may take to stop. */
  readonly shutdownDeadlineMs: number;
  service<T>(key: ServiceKey<T>): T;
}

/** What every graph of a process shares: the components that there are, the language's library, and what components get. */
export interface GraphHost extends ComponentHost {
  readonly definitions: ReadonlyMap<string, ComponentDefinition>;
  /** Why this host does not have a component that Alloy has; undefined where the usual words will do. */
  readonly refuse?: (name: string) => string | undefined;
  readonly configBlocks: ReadonlyMap<string, ConfigBlock>;
  readonly library: ObjectValue;
  /** On what components are given to send by. */
  readonly tap: Tap;
  /** Everything that loads or evaluates, one after the other. */
  readonly sequence: Sequence;
  /** The sources of a module: a file, or the `*.alloy` of a directory. Throws a sentence for a person. */
  readSources(path: string): Promise<readonly Source[]>;
}
