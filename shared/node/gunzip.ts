import { constants, createGunzip, gunzipSync } from "node:zlib";

/** What is behind a stream of Node's zlib; not documented, so it is used only where it is as expected. */
interface ZlibHandle {
  onerror: (message: string) => void;
  reset(): void;
  writeSync(
    ...call: [flush: number, from: Uint8Array, at: number, bytes: number, to: Uint8Array, at: number, bytes: number]
  ): void;
}

interface Engine {
  readonly handle: ZlibHandle;
  /** After a call: bytes of room that are left, bytes of input that are left. */
  readonly left: Uint32Array;
  failed: boolean;
}

/** Deflate cannot do better. */
const MAX_RATIO = 1_032;
const MIN_BYTES = 18;
let shared: Engine | "unavailable" | undefined;

/**
 * Decompresses gzip at once. Every stream of `node:zlib`, that of `gunzipSync` too, keeps its output until the next full garbage
 * collection: with some scrapes a second that is what causes these (bench/scraping). So one is used again and again, for answers whose
 * stated size is true. Throws as `gunzipSync` does.
 */
export function gunzipOnce(raw: Buffer, maxOutputLength: number): Buffer {
  const stated = raw.length < MIN_BYTES ? 0 : raw.readUInt32LE(raw.length - 4);
  const isPlausible = stated > 0 && stated <= maxOutputLength && stated <= raw.length * MAX_RATIO;
  return (isPlausible ? inflate(raw, stated) : undefined) ?? gunzipSync(raw, { maxOutputLength });
}

/** Undefined where anything is not as the size says. */
function inflate(raw: Buffer, bytes: number): Buffer | undefined {
  shared ??= openEngine();
  if (shared === "unavailable") {
    return undefined;
  }
  const { handle, left } = shared;
  const out = Buffer.allocUnsafeSlow(bytes + 1);
  shared.failed = false;
  handle.reset();
  handle.writeSync(constants.Z_FINISH, raw, 0, raw.length, out, 0, out.length);
  return shared.failed || left[0] !== 1 || left[1] !== 0 ? undefined : out.subarray(0, bytes);
}

function openEngine(): Engine | "unavailable" {
  const { _handle: handle, _writeState: left } = createGunzip() as unknown as {
    readonly _handle?: Partial<ZlibHandle>;
    readonly _writeState?: unknown;
  };
  if (typeof handle?.reset !== "function" || typeof handle.writeSync !== "function" || !(left instanceof Uint32Array)) {
    return "unavailable";
  }
  const engine: Engine = { handle: handle as ZlibHandle, left, failed: false };
  engine.handle.onerror = () => {
    engine.failed = true;
  };
  return engine;
}
