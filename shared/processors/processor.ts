import type { SignalName } from "../signal.ts";

/** What is known of the client that sent a request; names in lower case. */
export interface RequestContext {
  readonly metadata: ReadonlyMap<string, readonly string[]>;
  readonly clientAddress?: string;
  /** Attributes of who was authenticated. */
  readonly auth?: ReadonlyMap<string, string>;
}

/** A request afterwards: the same bytes when nothing changed; `nothing` is left of it; or it is refused as a whole. */
export type Processed =
  | { readonly kind: "passed"; readonly bytes: Uint8Array; readonly droppedItems: number }
  | { readonly kind: "nothing"; readonly droppedItems: number }
  | { readonly kind: "refused"; readonly reason: string };

/** From OTLP request bytes to OTLP request bytes. The request must have passed `scan`. Never throws. */
export type Process = (bytes: Uint8Array, signal: SignalName, context?: RequestContext) => Processed;

/** A processor that can run, or everything that is wrong with its arguments. */
export type Loaded =
  | { readonly kind: "processor"; readonly process: Process }
  | { readonly kind: "rejected"; readonly problems: readonly string[] };

/** Told when a statement or condition failed on an item, once per item: whoever logs it must limit the rate. */
export type OnStatementError = (problem: { readonly text: string; readonly reason: string }) => void;
