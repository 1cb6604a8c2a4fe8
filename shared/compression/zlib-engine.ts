import { constants, type Gunzip, type Gzip, type InflateRaw } from "node:zlib";

/** What is behind a stream of Node's zlib; not documented, so it is used only where it is as expected. */
interface ZlibHandle {
  onerror: (message: string) => void;
  reset(): void;
  writeSync(
    ...call: [flush: number, from: Uint8Array, at: number, bytes: number, to: Uint8Array, at: number, bytes: number]
  ): void;
}

/** One engine of zlib for whole inputs, one after the other. */
export interface ZlibEngine {
  /**
   * From `input` at `from` into `output`: bytes read and written. Undefined for what zlib refuses or what does not fit: the caller asks
   * `node:zlib`, which says why.
   */
  run(
    input: Uint8Array,
    from: number,
    output: Uint8Array,
  ): { readonly read: number; readonly written: number } | undefined;
}

/**
 * Every stream of `node:zlib`, those behind `gunzipSync` and the like too, keeps its output until the next full garbage collection:
 * with some requests a second that is what causes these, and a third of the processor time (bench/daemon, bench/scraping). So one
 * is opened at the first use and used again and again.
 */
export function createZlibEngine(open: () => Gzip | Gunzip | InflateRaw): ZlibEngine {
  let opened: { readonly handle: ZlibHandle; readonly left: Uint32Array } | "unavailable" | undefined;
  let failed = false;

  return {
    run(input, from, output) {
      opened ??= handleOf(open());
      if (opened === "unavailable") return undefined;
      const { handle, left } = opened;
      handle.onerror = () => {
        failed = true;
      };
      failed = false;
      handle.reset();
      const { length } = input;
      handle.writeSync(constants.Z_FINISH, input, from, length - from, output, 0, output.length);
      // After a call: bytes of room that are left, bytes of input that are left.
      const [room = 0, unread = 0] = left;
      return failed || room === 0 ? undefined : { read: length - from - unread, written: output.length - room };
    },
  };
}

function handleOf(stream: object): { readonly handle: ZlibHandle; readonly left: Uint32Array } | "unavailable" {
  const { _handle: handle, _writeState: left } = stream as {
    readonly _handle?: Partial<ZlibHandle>;
    readonly _writeState?: unknown;
  };
  if (typeof handle?.reset !== "function" || typeof handle.writeSync !== "function" || !(left instanceof Uint32Array)) {
    return "unavailable";
  }
  return { handle: handle as ZlibHandle, left };
}
