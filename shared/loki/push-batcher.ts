import type { Entry } from "./entry.ts";
import { lineLength } from "./line-entry.ts";
import { createPushWriter } from "./push-writer.ts";

/** A push request that is full, or has waited long enough. */
export interface PushBatch {
  /** `logproto.PushRequest`; written over when `flush` has returned. */
  readonly bytes: Uint8Array;
  readonly entries: number;
  readonly contentBytes: number;
}

export interface PushBatcherOptions {
  /** Of lines and structured metadata; a larger entry is sent alone. */
  readonly maxBytes: number;
  readonly waitMs: number;
  /** Streams of one batch; 0 for any number. */
  readonly maxStreams: number;
  /** Takes the bytes before it returns; resolves when the batch is durable. */
  readonly flush: (batch: PushBatch) => Promise<void>;
  /** Runs `task` once after `ms`; returns what prevents it. */
  readonly later: (ms: number, task: () => void) => () => void;
}

/** Puts entries together until there is a batch of them. */
export interface PushBatcher {
  /** Resolves when the entry is durable: the same promise for all entries of a batch. Undefined when there were too many streams. */
  add(entry: Entry): Promise<void> | undefined;
  /** Sends what there is now. */
  flush(): void;
  readonly isEmpty: boolean;
}

/** A batcher without entries. */
export function createPushBatcher({ maxBytes, waitMs, maxStreams, flush, later }: PushBatcherOptions): PushBatcher {
  const writer = createPushWriter();
  let open: { readonly durable: Promise<void>; follow(sending: Promise<void>): void; cancel(): void } | undefined;

  function begin() {
    let follow: (sending: Promise<void>) => void = () => {};
    const durable = new Promise<void>((resolve) => {
      follow = resolve;
    });
    return { durable, follow: (sending: Promise<void>) => follow(sending), cancel: later(waitMs, send) };
  }

  function send(): void {
    if (open === undefined) return;
    const { follow, cancel } = open;
    open = undefined;
    cancel();
    const { entries, contentBytes } = writer;
    follow(flush({ bytes: writer.finish(), entries, contentBytes }));
  }

  return {
    add(entry) {
      if (writer.contentBytes + lineLength(entry) > maxBytes) send();
      if (maxStreams > 0 && writer.streams >= maxStreams && !writer.hasStream(entry.labels)) return undefined;
      open ??= begin();
      const { durable } = open;
      writer.add(entry);
      if (writer.contentBytes >= maxBytes) send();
      return durable;
    },
    flush: send,
    get isEmpty() {
      return open === undefined;
    },
  };
}
