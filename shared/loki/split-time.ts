const nanosPerSecond = 1_000_000_000n;
const maxInt64 = (1n << 63n) - 1n;
/** Seconds whose nanoseconds certainly fit into 63 bits. */
const maxFastSeconds = 9_000_000_000;

// A bigint is an object: each step of arithmetic on one makes garbage, and every line has a time. So the 64 bits are taken apart and put
// together as numbers, 16 bits at a time, which doubles hold exactly.
const whole = new BigInt64Array(1);
const halves = new Uint32Array(whole.buffer);

/** A time as `google.protobuf.Timestamp` has it: whole seconds, and nanoseconds from 0 to 999999999 also before 1970. */
export interface SplitTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** Splits nanoseconds since 1970. */
export function splitTime(unixNano: bigint): SplitTime {
  if (unixNano < 0n || unixNano > maxInt64) return splitBig(unixNano);
  whole[0] = unixNano;
  const [low = 0, high = 0] = [halves[0], halves[1]];
  const upper = high * 65_536 + (low >>> 16);
  const first = Math.floor(upper / 1e9);
  const lower = (upper - first * 1e9) * 65_536 + (low & 65_535);
  const second = Math.floor(lower / 1e9);
  return { seconds: first * 65_536 + second, nanos: lower - second * 1e9 };
}

function splitBig(unixNano: bigint): SplitTime {
  const nanos = Number(unixNano % nanosPerSecond);
  const seconds = Number(unixNano / nanosPerSecond);
  return nanos < 0 ? { seconds: seconds - 1, nanos: nanos + 1_000_000_000 } : { seconds, nanos };
}

/** Nanoseconds since 1970. */
export function joinTime(seconds: number, nanos: number): bigint {
  if (!(seconds >= 0 && seconds <= maxFastSeconds)) return BigInt(seconds) * nanosPerSecond + BigInt(nanos);
  const first = Math.floor(seconds / 65_536);
  const lower = (seconds - first * 65_536) * 1e9 + nanos;
  const upper = first * 1e9 + Math.floor(lower / 65_536);
  const high = Math.floor(upper / 65_536);
  halves[0] = (upper - high * 65_536) * 65_536 + (lower % 65_536);
  halves[1] = high;
  return whole[0] ?? 0n;
}
