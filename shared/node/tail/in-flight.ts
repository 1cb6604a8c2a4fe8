/** Batches that were given on and are not durable yet, in order. */
export interface InFlight {
  /** Bytes of them. */
  readonly bytes: number;
  readonly batches: number;
  /** Counts a batch until `sending` resolves; `passed` runs when it and all before it are durable. */
  add(batch: { readonly bytes: number; readonly sending: Promise<void>; passed(): void }): void;
  /** Resolves when none is left, or one failed. */
  idle(): Promise<void>;
}

interface Waiting {
  readonly bytes: number;
  passed(): void;
  isDurable: boolean;
}

/** `changed` runs whenever there is more room. */
export function createInFlight(changed: () => void): InFlight {
  const waiting: Waiting[] = [];
  const idlers: (() => void)[] = [];
  let bytes = 0;
  let hasFailed = false;

  function durable(batch: Waiting): void {
    batch.isDurable = true;
    bytes -= batch.bytes;
    while (waiting[0]?.isDurable) waiting.shift()?.passed();
    wake();
    changed();
  }

  function wake(): void {
    if (waiting.length === 0 || hasFailed) for (const resolve of idlers.splice(0)) resolve();
  }

  return {
    get bytes() {
      return bytes;
    },
    get batches() {
      return waiting.length;
    },
    add({ bytes: size, sending, passed }) {
      const batch: Waiting = { bytes: size, passed, isDurable: false };
      bytes += size;
      waiting.push(batch);
      sending.then(
        () => durable(batch),
        // Not durable: its place is kept, so that no position passes it; it is read again after the next start.
        () => {
          hasFailed = true;
          wake();
        },
      );
    },
    idle() {
      return new Promise((resolve) => {
        idlers.push(resolve);
        wake();
      });
    },
  };
}
