import { join } from "node:path";
import { equal } from "../../shared/alloy/equal.ts";
import { isCapsule, type ObjectValue, type Value } from "../../shared/alloy/value.ts";
import { errorText } from "../../shared/error-text.ts";
import { nameCapsule } from "./capsule-names.ts";
import type { Component, ComponentContext, ComponentDefinition, ComponentEmit } from "./component.ts";
import { pagesPath } from "./component-pages.ts";
import type { ComponentHost } from "./graph-host.ts";
import { type Health, worstHealth } from "./health.ts";
import { targetTexts } from "./passing-text.ts";

/** Changes of its health that a component remembers. */
const maxPast = 30;

/** A built component: its arguments, exports, health, and whether it runs. */
export class Instance {
  readonly id: string;
  readonly definition: ComponentDefinition;
  args: unknown;
  exports: ObjectValue = new Map();
  private component: Component<unknown, unknown> | undefined;
  private readonly host: ComponentHost;
  private readonly onExports: () => void;
  private readonly abort = new AbortController();
  private running: Promise<void> | undefined;
  private run: Health;
  private evaluation: Health;
  private own: Health;
  private readonly past: Health[] = [];

  private constructor(definition: ComponentDefinition, options: InstanceOptions) {
    this.id = options.id;
    this.definition = definition;
    this.args = options.args;
    this.host = options.host;
    this.onExports = options.onExports;
    this.run = this.health("unknown", "component created");
    this.evaluation = this.health("healthy", "component evaluated");
    this.own = this.health("healthy", "");
  }

  /** Builds a component; throws what its `build` throws. */
  static async build(definition: ComponentDefinition, options: InstanceOptions): Promise<Instance> {
    const instance = new Instance(definition, options);
    const component = await definition.build(options.args, instance.context());
    instance.component = component;
    if (instance.exports.size === 0) instance.exports = instance.encode(component.exports);
    return instance;
  }

  start(): void {
    const run = this.component?.run?.bind(this.component);
    this.run = this.health("healthy", "started component");
    if (!run) return;
    this.running = (async () => run(this.abort.signal))().then(
      () => {
        if (!this.abort.signal.aborted) this.run = this.health("exited", "component shut down normally");
      },
      (error: unknown) => {
        const err = messageOf(error);
        this.run = this.health("exited", `component exited with error: ${err}`);
        this.host.emit("component.exited", { component_id: this.id, err });
      },
    );
  }

  /** Stops it and waits until it has, or its time is over. */
  async stop(): Promise<void> {
    this.abort.abort();
    const given = new AbortController();
    const late = this.host.clock.sleep(this.host.shutdownDeadlineMs, given.signal).then(() => {
      if (given.signal.aborted) return;
      this.host.emit("component.late", { component_id: this.id, afterMs: this.host.shutdownDeadlineMs });
    });
    await Promise.race([this.running, late]);
    given.abort();
    this.host.pages.set(this.id, undefined);
  }

  /** Goes on with other arguments; throws what the component throws, and then has its old ones. */
  async update(args: unknown): Promise<void> {
    await this.component?.update(args);
    this.args = args;
  }

  evaluated(problem?: string): void {
    this.evaluation =
      problem === undefined
        ? this.health("healthy", "component evaluated")
        : this.health("unhealthy", `component evaluation failed: ${problem}`);
  }

  currentHealth(): Health {
    return worstHealth(this.run, this.evaluation, ...(this.own.message === "" ? [] : [this.own]));
  }

  /** How it was, oldest first: the newest changes. */
  history(): readonly Health[] {
    return [...this.past];
  }

  debugInfo(): Readonly<Record<string, unknown>> {
    return this.component?.debugInfo?.() ?? {};
  }

  private context(): ComponentContext<unknown> {
    const { host, id } = this;
    const emit: ComponentEmit = (name, fields) => host.emit(name, { ...fields, component_id: id } as never);
    return {
      id,
      emit,
      stabilityLevel: host.stability,
      metrics: host.metrics,
      clock: host.clock,
      random: host.random,
      hostname: host.hostname,
      storageDir: join(host.storagePath, id),
      setExports: (exports) => this.setExports(this.encode(exports)),
      setHealth: (state, message) => {
        this.own = this.health(state, message);
      },
      http: {
        memoryAddress: host.pages.memoryAddress,
        path: pagesPath(id),
        handle: (handler) => host.pages.set(id, handler),
        request: (request) => host.pages.request(request),
      },
      service: (key) => host.service(key),
    };
  }

  private setExports(exports: ObjectValue): void {
    if (equal(this.exports, exports)) return;
    this.exports = exports;
    this.host.debugging.tell(this.id, () => targetTexts(exports));
    this.onExports();
  }

  private encode(exports: unknown): ObjectValue {
    const given = exports as Readonly<Record<string, unknown>>;
    return new Map(
      Object.entries(this.definition.exports).map(([name, type]): [string, Value] => {
        const value = given[name] === undefined ? null : type.encode(given[name]);
        if (value !== null && isCapsule(value)) nameCapsule(value.content, `${this.id}.${name}`);
        return [name, value];
      }),
    );
  }

  private health(state: Health["state"], message: string): Health {
    const health = { state, message, updatedAt: this.host.clock.now() };
    const last = this.past.at(-1);
    if (message !== "" && (last?.state !== state || last.message !== message)) this.past.push(health);
    if (this.past.length > maxPast) this.past.shift();
    return health;
  }
}

export interface InstanceOptions {
  readonly id: string;
  readonly args: unknown;
  readonly host: ComponentHost;
  /** The exports are others than before. */
  readonly onExports: () => void;
}

/** The words of whatever was thrown. */
export function messageOf(error: unknown): string {
  return errorText(error);
}
