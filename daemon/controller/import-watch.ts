import { createHash } from "node:crypto";
import type { ObjectValue } from "../../shared/alloy/value.ts";
import type { GraphHost } from "./graph-host.ts";
import type { Health } from "./health.ts";
import { messageOf } from "./instance.ts";
import type { Runtime } from "./runtime.ts";

export interface ImportWatchOptions {
  readonly path: string;
  readonly intervalMs: number;
  readonly host: GraphHost;
  /** The files are others than when they were read last. */
  readonly onChange: () => void;
}

/** Looks at the files that a module was imported from, again and again. */
export class ImportWatch implements Runtime {
  readonly exports: ObjectValue = new Map();
  readonly path: string;
  readonly intervalMs: number;
  private readonly options: ImportWatchOptions;
  private readonly abort = new AbortController();
  private health: Health;

  constructor(options: ImportWatchOptions) {
    this.options = options;
    this.path = options.path;
    this.intervalMs = options.intervalMs;
    this.health = { state: "healthy", message: "read the module", updatedAt: options.host.clock.now() };
  }

  start(): void {
    void this.watch();
  }

  async stop(): Promise<void> {
    this.abort.abort();
  }

  evaluated(problem?: string): void {
    const state = problem === undefined ? "healthy" : "unhealthy";
    this.health = { state, message: problem ?? "read the module", updatedAt: this.options.host.clock.now() };
  }

  currentHealth(): Health {
    return this.health;
  }

  private async watch(): Promise<void> {
    const { host, onChange } = this.options;
    let known = await this.fingerprint();
    while (!this.abort.signal.aborted) {
      await host.clock.sleep(this.intervalMs, this.abort.signal);
      if (this.abort.signal.aborted) return;
      const now = await this.fingerprint();
      if (now === known) continue;
      known = now;
      onChange();
    }
  }

  /** Of names and contents; of the error where they cannot be read. */
  private async fingerprint(): Promise<string> {
    try {
      const hash = createHash("sha256");
      for (const { name, bytes } of await this.options.host.readSources(this.path)) hash.update(name).update(bytes);
      return hash.digest("hex");
    } catch (error) {
      return messageOf(error);
    }
  }
}
