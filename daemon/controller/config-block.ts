import type { Table } from "../../shared/alloy/arguments.ts";
import type { Stability } from "./component.ts";

/** A block that configures the process itself: `logging`, `http`, … At most one, in the main file, a label is ignored. */
export interface ConfigBlock<Args = unknown> {
  readonly name: string;
  /** Alloy words the errors of services (`http`, `livedebugging`, `remotecfg`) in another way than those of `logging` and `tracing`. */
  readonly kind: "config" | "service";
  readonly stability: Stability;
  readonly arguments: Table<Args>;
  /** Throws a sentence for a person where it cannot be taken over; nothing has changed then. */
  check?(args: Args): void;
  /** Takes over what is configured; the defaults where the block is not written. Called again when it changes. */
  apply(args: Args): void | Promise<void>;
}
