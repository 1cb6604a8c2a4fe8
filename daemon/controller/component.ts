import type { ArgumentType } from "../../shared/alloy/argument-type.ts";
import type { Table } from "../../shared/alloy/arguments.ts";
import type { Clock, Random } from "../../shared/clock.ts";
import type { HttpAnswer, HttpRequest } from "../../shared/http/message.ts";
import type { EventFields, EventName } from "../../shared/telemetry/events/events.ts";
import type { Metrics } from "../../shared/telemetry/metrics/metrics.ts";

/** How mature a component is, as Alloy ranks it, least stable first. */
export type Stability = "experimental" | "public-preview" | "generally-available";

/** A component as its file declares it. Every component has a label. */
export interface ComponentDefinition<Args = unknown, Exports = unknown> {
  /** `prometheus.scrape`; its file is `daemon/components/prometheus/scrape.ts`. */
  readonly name: string;
  readonly stability: Stability;
  readonly arguments: Table<Args>;
  /** Name and type of each export; empty for a component that exports nothing. */
  readonly exports: Readonly<Record<string, ArgumentType<unknown, unknown>>>;
  /**
   * Makes the component, without any effect that is seen outside: no port, file or connection before `run`. Throws an `Error`
   * with a sentence for a person when it cannot be built; the file is then not loaded.
   */
  build(args: Args, context: ComponentContext<Exports>): Component<Args, Exports> | Promise<Component<Args, Exports>>;
}

/** A component of a running graph. */
export interface Component<Args, Exports> {
  /** The first exports; later ones go through `context.setExports`. */
  readonly exports: Exports;
  /**
   * Works until `abort`, then stops taking new work, finishes or makes durable what it holds, and resolves. What sends to it has stopped
   * before. Not there for a component that only hands on. What it throws makes the component exited and unhealthy.
   */
  run?(abort: AbortSignal): Promise<void>;
  /**
   * Goes on with other arguments, keeping connections and positions where it can, and the same exported receivers. Throws an `Error`, having changed
   * nothing, when it cannot.
   */
  update(args: Args): void | Promise<void>;
  /** What the admin page shows beside the arguments: plain objects, numbers, strings and lists; never a secret. */
  debugInfo?(): Readonly<Record<string, unknown>>;
}

/** What a component gets from the controller. */
export interface ComponentContext<Exports> {
  /** `prometheus.scrape.default`; inside a module `my_module.x/prometheus.scrape.default`. */
  readonly id: string;
  readonly stabilityLevel: Stability;
  /** An event with this component's `component_id`. */
  readonly emit: ComponentEmit;
  /** A row of the component's metrics has the label `component_id`: pass `id`. */
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly random: Random;
  /** Name of this host as the exporters' `instance` has it. */
  readonly hostname: string;
  /** This component's own directory under `--storage.path`; not made yet. */
  readonly storageDir: string;
  /** Replaces the exports; dependents are evaluated again when they differ. */
  setExports(exports: Exports): void;
  /** Healthy until this says otherwise, or says so again. */
  setHealth(state: "healthy" | "unhealthy", message: string): void;
  readonly http: ComponentHttp;
  /** A part of the process that several components share, made by the entry point. Throws when it was not given. */
  service<T>(key: ServiceKey<T>): T;
}

/** Pages of components. What is sent to the memory address never leaves the process. */
export interface ComponentHttp {
  /** `host:port` that stands for this process in targets (`--server.http.memory-addr`). */
  readonly memoryAddress: string;
  /** Path under which this component's handler answers: `/api/v0/component/<id>/`. */
  readonly path: string;
  /** Answers requests below `path`; the handler sees the rest of the path, from its `/` on. */
  handle(handler: ComponentHandler): void;
  /** Sends a request, with its whole path, to the component in this process that it belongs to. */
  request(request: HttpRequest): Promise<HttpAnswer>;
}

/** Answers requests below the pages of a component. */
export type ComponentHandler = (request: HttpRequest) => HttpAnswer | Promise<HttpAnswer>;

/** Names a shared part of the process, with its type. */
export interface ServiceKey<T> {
  readonly name: string;
  /** Never there: carries the type. */
  readonly gives?: T;
}

/** Emits events with the id of the component. */
export type ComponentEmit = <Name extends EventName>(
  name: Name,
  fields: Omit<EventFields[Name], "component_id">,
) => void;

/** The exports of a component whose `exports` are `Types`. */
export type ExportsOf<Types> = {
  readonly [Name in keyof Types]: Types[Name] extends ArgumentType<infer T, infer _Absent> ? T : never;
};

/**
 * Declares a component, with the types of its arguments and exports taken from their tables.
 * @example export const relabel = defineComponent({ name: "discovery.relabel", stability: "generally-available", arguments: args,
 *   exports: { output: list(target) }, build: (args, context) => … });
 */
export function defineComponent<Args, const Types extends Readonly<Record<string, ArgumentType<unknown, unknown>>>>(
  definition: Omit<ComponentDefinition<Args, ExportsOf<Types>>, "exports"> & { readonly exports: Types },
): ComponentDefinition<Args, ExportsOf<Types>> {
  return definition;
}
