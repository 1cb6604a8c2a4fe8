import { attribute, required, table } from "../../shared/alloy/arguments.ts";
import { any, bool } from "../../shared/alloy/plain-types.ts";
import { duration, oneOf, optionalSecret, string } from "../../shared/alloy/text-types.ts";

/** The arguments of the blocks that modules are made of. */
export const argumentTable = table({
  optional: attribute(bool),
  default: attribute(any),
  comment: attribute(string),
});

/** The body of `export`. */
export const exportTable = table({ value: required(any) });

/** The body of `import.file`. */
export const importFileTable = table({
  filename: required(string),
  detector: attribute(oneOf(["fsnotify", "poll"]), { default: "fsnotify" }),
  poll_frequency: attribute(duration, { default: 60_000 }),
});

/** The body of `import.string`. */
export const importStringTable = table({ content: required(optionalSecret) });

/** The arguments of `foreach`. */
export const foreachTable = table({
  collection: required(any),
  var: required(string),
  id: attribute(string),
  enable_metrics: attribute(bool),
});
