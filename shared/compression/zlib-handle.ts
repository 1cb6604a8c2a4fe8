/** What is behind a stream of Node's zlib; not documented, so it is used only where it is as expected. */
export interface ZlibHandle {
  onerror: (message: string, number: number, code: string) => void;
  reset(): void;
  writeSync(
    ...call: [flush: number, from: Uint8Array, at: number, bytes: number, to: Uint8Array, at: number, bytes: number]
  ): void;
}

/** A handle, and what it says after a call: bytes of room that are left, bytes of input that are left. */
export interface OpenedHandle {
  readonly handle: ZlibHandle;
  readonly left: Uint32Array;
}

/** The handle of a stream of `node:zlib`; "unavailable" where this Node has another one. */
export function handleOf(stream: object): OpenedHandle | "unavailable" {
  const { _handle: handle, _writeState: left } = stream as {
    readonly _handle?: Partial<ZlibHandle>;
    readonly _writeState?: unknown;
  };
  if (typeof handle?.reset !== "function" || typeof handle.writeSync !== "function" || !(left instanceof Uint32Array)) {
    return "unavailable";
  }
  return { handle: handle as ZlibHandle, left };
}
