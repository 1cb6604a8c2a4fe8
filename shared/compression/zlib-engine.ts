import { constants, type Gunzip, type Gzip, type InflateRaw } from "node:zlib";
import { handleOf, type OpenedHandle } from "./zlib-handle.ts";

/** What became of an input: all of it in the output, more than the output has room for, or something that zlib refuses. */
export type Ran =
  | { readonly kind: "done"; readonly read: number; readonly written: number }
  | { readonly kind: "full" }
  | { readonly kind: "refused"; readonly message: string };

/** One engine of zlib for whole inputs, one after the other. */
export interface ZlibEngine {
  /** From `input` at `from` into `output`. Undefined where this Node has no such engine: the caller asks `node:zlib`. */
  run(input: Uint8Array, from: number, output: Uint8Array): Ran | undefined;
}

/**
 * Every stream of `node:zlib`, those behind `gunzipSync` and the like too, keeps its output until the next full garbage collection:
 * with some requests a second that is what causes these, and a third of the processor time (bench/daemon, bench/scraping). So one
 * is opened at the first use and used again and again.
 */
export function createZlibEngine(open: () => Gzip | Gunzip | InflateRaw): ZlibEngine {
  let opened: OpenedHandle | "unavailable" | undefined;
  let refusal: string | undefined;

  return {
    run(input, from, output) {
      opened ??= handleOf(open());
      if (opened === "unavailable") return undefined;
      const { handle, left } = opened;
      handle.onerror = (message) => {
        refusal = message;
      };
      refusal = undefined;
      handle.reset();
      const { length } = input;
      handle.writeSync(constants.Z_FINISH, input, from, length - from, output, 0, output.length);
      // After a call: bytes of room that are left, bytes of input that are left.
      const [room = 0, unread = 0] = left;
      if (refusal !== undefined) return { kind: "refused", message: refusal };
      if (room === 0) return { kind: "full" };
      return { kind: "done", read: length - from - unread, written: output.length - room };
    },
  };
}
