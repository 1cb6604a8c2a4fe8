import type { MapValue } from "../edit/any-value.ts";
import type { Scene } from "../edit/scene.ts";
import { pointAttributesField } from "../ottl/functions/metric-points.ts";

const spanAttributes = 9;
const logAttributes = 6;

/** The attributes of the span, log record or data point in view. */
export function itemAttributes({ signal, item, dataField }: Scene): MapValue {
  if (signal === "traces") return item.map(spanAttributes);
  if (signal === "logs") return item.map(logAttributes);
  return item.map(pointAttributesField[dataField] as number);
}
