/**
 * A value that does not fit where it is used. `path` leads from the value that was decoded to its offending part, so that
 * the caller can point at that part of the source. Thrown and caught inside `shared/alloy` only.
 */
export class Mismatch extends Error {
  readonly path: readonly (number | string)[];

  constructor(message: string, path: readonly (number | string)[] = []) {
    super(message);
    this.path = path;
  }
}

/** Runs `decode` for the part of a value at `step`, and puts the step in front of the path of what it throws. */
export function within<T>(step: number | string, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof Mismatch) throw new Mismatch(error.message, [step, ...error.path]);
    throw error;
  }
}
