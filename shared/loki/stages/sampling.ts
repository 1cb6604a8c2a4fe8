import { attribute, required, table } from "../../alloy/arguments.ts";
import { number } from "../../alloy/plain-types.ts";
import { string } from "../../alloy/text-types.ts";
import { stageKind } from "./stage.ts";

const args = table(
  { rate: required(number, { help: "The part that is kept, 0 to 1." }), drop_counter_reason: attribute(string) },
  {
    validate: ({ rate }) =>
      rate >= 0 && rate <= 1
        ? undefined
        : `sampling stage failed to parse rate,Sampling Rate must be between 0.0 and 1.0, received ${rate.toFixed(6)}`,
  },
);

/** `stage.sampling`: keeps a random part of the entries. */
export const sampling = stageKind(args, ({ rate, drop_counter_reason: given }, context) => {
  const reason = given || "sampling_stage";
  return {
    process(entry, next) {
      if (rate >= 1 || context.random() < rate) next(entry);
      else context.drop(entry, reason);
    },
  };
});
