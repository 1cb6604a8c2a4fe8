import { keyOf } from "../edit/any-value.ts";
import { bytesField } from "../edit/encode-field.ts";
import type { MessageView } from "../edit/message-view.ts";
import { utf8 } from "../edit/text.ts";
import { valueText } from "../ottl/text.ts";
import { parseRandomness, parseThreshold, randomnessText, thresholdText } from "./sampling-threshold.ts";

/** Where randomness and threshold travel with an item. */
export interface SamplingCarrier {
  randomness: bigint | undefined;
  threshold: bigint | undefined;
  /** Writes both into the item. */
  write(): void;
}

const traceStateField = 3;
const attributesField = 6;
const randomnessKey = keyOf("sampling.randomness");
const thresholdKey = keyOf("sampling.threshold");
const validMember = /^[a-z0-9][a-z0-9_\-*/@]{0,255}=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,256}$/;
const validPart = /^[a-z][a-z0-9]*:[a-zA-Z0-9._-]*$/;

/** The tracestate of a span; undefined when it cannot be read. */
export function spanCarrier(span: MessageView): SamplingCarrier | undefined {
  const members = span
    .text(traceStateField)
    .split(",")
    .map((member) => member.trim())
    .filter((member) => member !== "");
  if (!members.every((member) => validMember.test(member))) return undefined;
  const own = members.find((member) => member.startsWith("ot="));
  const vendors = members.filter((member) => member !== own);
  const parts =
    own
      ?.slice(3)
      .split(";")
      .filter((part) => part !== "") ?? [];
  const carrier: SamplingCarrier = { randomness: undefined, threshold: undefined, write: () => undefined };
  const others: string[] = [];
  for (const part of parts) {
    if (!validPart.test(part)) return undefined;
    if (part.startsWith("rv:")) {
      carrier.randomness = parseRandomness(part.slice(3));
      if (carrier.randomness === undefined) return undefined;
    } else if (part.startsWith("th:")) {
      carrier.threshold = parseThreshold(part.slice(3));
      if (carrier.threshold === undefined) return undefined;
    } else others.push(part);
  }
  carrier.write = () => {
    const written = [
      ...(carrier.randomness === undefined ? [] : [`rv:${randomnessText(carrier.randomness)}`]),
      ...(carrier.threshold === undefined ? [] : [`th:${thresholdText(carrier.threshold)}`]),
      ...others,
    ];
    const state = [...(written.length > 0 ? [`ot=${written.join(";")}`] : []), ...vendors].join(",");
    span.put(traceStateField, bytesField(traceStateField, utf8(state)));
  };
  return carrier;
}

/** The attributes of a log record; undefined when they cannot be read. */
export function logCarrier(record: MessageView): SamplingCarrier | undefined {
  const attributes = record.map(attributesField);
  const randomnessValue = valueText(attributes.get(randomnessKey) ?? null);
  const thresholdValue = valueText(attributes.get(thresholdKey) ?? null);
  const carrier: SamplingCarrier = {
    randomness: parseRandomness(randomnessValue),
    threshold: parseThreshold(thresholdValue),
    write: () => {
      if (carrier.randomness !== undefined) attributes.set(randomnessKey, randomnessText(carrier.randomness));
      if (carrier.threshold !== undefined) attributes.set(thresholdKey, thresholdText(carrier.threshold));
      else attributes.delete(thresholdKey);
    },
  };
  const isBad =
    (randomnessValue !== "" && carrier.randomness === undefined) ||
    (thresholdValue !== "" && carrier.threshold === undefined);
  return isBad ? undefined : carrier;
}
