import { bytesField } from "../../edit/encode-field.ts";
import type { MessageView } from "../../edit/message-view.ts";
import { packNumbers, readPacked } from "../../edit/packed.ts";
import { metricData } from "../../edit/scene.ts";
import { Failure } from "../failure.ts";
import type { Editor } from "../function.ts";
import { asDouble } from "../like.ts";
import type { Value } from "../value.ts";

interface Buckets {
  readonly counts: readonly bigint[];
  readonly bounds: readonly number[];
}

const methods = ["remove_explicit_bound", "limit_buckets"];
const tolerance = 1e-12;

/** Makes the buckets of a histogram's point fewer: by one bound that goes, or until there are no more than a number. */
export const mergeBucketsEditor: Editor = {
  name: "merge_histogram_buckets",
  parameters: ["target_value", "method?"],
  build: (args) => {
    const method = args.has("method") ? args.literalString("method") : "remove_explicit_bound";
    if (!methods.includes(method))
      throw args.problem(`unsupported method "${method}", expected ${methods.join(" or ")}`);
    const target = args.converted("target_value", (value: Value) => {
      const double = asDouble(value);
      if (double === null) throw new Failure("target_value must not be nil");
      if (method === "limit_buckets" && !(Number.isInteger(double) && double >= 1))
        throw new Failure(`target_value must be a positive integer when method is "limit_buckets", got ${double}`);
      return double;
    });
    const change = method === "limit_buckets" ? limited : without;
    return (frame) => {
      const { dataField, item } = frame.scene;
      if (dataField !== metricData.histogram) return;
      const counts = readPacked(item, 6, "fixed64").map(BigInt);
      const bounds = readPacked(item, 7, "double").map(Number);
      const value = target(frame);
      if (counts.length < 2 || counts.length !== bounds.length + 1) return;
      const changed = change({ counts, bounds }, value);
      if (changed) write(item, changed);
    };
  },
};

function without({ counts, bounds }: Buckets, bound: number): Buckets | undefined {
  const at = bounds.findIndex((each) => Math.abs(each - bound) < tolerance);
  if (at < 0) return undefined;
  const merged = BigInt.asUintN(64, (counts[at] as bigint) + (counts[at + 1] as bigint));
  return { counts: counts.toSpliced(at, 2, merged), bounds: bounds.toSpliced(at, 1) };
}

function limited({ counts, bounds }: Buckets, max: number): Buckets | undefined {
  if (counts.length <= max || bounds.some((bound, index) => index > 0 && !(bound > (bounds[index - 1] as number))))
    return undefined;
  const size = Math.ceil(counts.length / max);
  const groups = Array.from({ length: Math.ceil(counts.length / size) }, (_, index) =>
    counts.slice(index * size, (index + 1) * size).reduce((a, b) => a + b),
  );
  return { counts: groups, bounds: bounds.filter((_, index) => (index + 1) % size === 0) };
}

function write(item: MessageView, { counts, bounds }: Buckets): void {
  item.remove(6);
  item.remove(7);
  item.add(6, bytesField(6, packNumbers(counts, "fixed64")));
  if (bounds.length > 0) item.add(7, bytesField(7, packNumbers(bounds, "double")));
}
