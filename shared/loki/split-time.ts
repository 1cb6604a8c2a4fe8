const nanosPerSecond = 1_000_000_000n;

/** A time as `google.protobuf.Timestamp` has it: whole seconds, and nanoseconds from 0 to 999999999 also before 1970. */
export interface SplitTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** Splits nanoseconds since 1970. */
export function splitTime(unixNano: bigint): SplitTime {
  const nanos = Number(unixNano % nanosPerSecond);
  const seconds = Number(unixNano / nanosPerSecond);
  return nanos < 0 ? { seconds: seconds - 1, nanos: nanos + 1_000_000_000 } : { seconds, nanos };
}

/** Nanoseconds since 1970. */
export function joinTime(seconds: number, nanos: number): bigint {
  return BigInt(seconds) * nanosPerSecond + BigInt(nanos);
}
