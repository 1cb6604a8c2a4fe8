import type { QueueRow } from "./overview.ts";

/** A deployed stage as AWS tells of it. What could not be read is in `problems`, a sentence each. */
export interface StageView {
  readonly at: number;
  readonly stage: string;
  readonly queues: readonly QueueRow[];
  readonly alarms: readonly AlarmRow[];
  readonly functions: readonly FunctionRow[];
  readonly problems: readonly string[];
}

export interface AlarmRow {
  readonly name: string;
  /** `OK`, `ALARM` or `INSUFFICIENT_DATA`. */
  readonly state: string;
  readonly reason: string;
  readonly since?: number;
}

export interface FunctionRow {
  readonly name: string;
  readonly state: string;
  readonly runtime: string;
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  readonly changedAt?: number;
}
