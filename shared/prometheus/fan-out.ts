import type { SampleReceiver } from "./sample.ts";

/** Gives every sample to every receiver (`forward_to`): durable when it is durable at all of them. */
export function fanOutSamples(receivers: readonly SampleReceiver[]): SampleReceiver {
  const [only] = receivers;
  if (receivers.length === 1 && only) {
    return only;
  }
  return {
    async consume(batch) {
      await Promise.all(receivers.map((receiver) => receiver.consume(batch)));
    },
  };
}
