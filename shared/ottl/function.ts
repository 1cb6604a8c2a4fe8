import type { Args } from "./args.ts";
import type { Getter } from "./expression.ts";
import type { Frame } from "./frame.ts";

/** A converter: its parameters in order, optional ones with `?`, and what computes it once the arguments are read. */
export interface Converter {
  readonly name: string;
  readonly parameters: readonly string[];
  /** Throws `OttlError` for arguments that it cannot take. */
  build(args: Args): Getter;
}

/** An editor: like a converter, but it changes what it sees. */
export interface Editor {
  readonly name: string;
  readonly parameters: readonly string[];
  build(args: Args): (frame: Frame) => void;
}
