import { keyOf } from "../../edit/any-value.ts";
import type { MessageView } from "../../edit/message-view.ts";
import type { Scene } from "../../edit/scene.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";
import { pointAttributesField, pointsOf } from "./metric-points.ts";

/** Questions about the points of a metric, for conditions of filters. */
export const metricFilterConverters: readonly Converter[] = [
  {
    name: "HasAttrKeyOnDatapoint",
    parameters: ["key"],
    build: (args) => {
      const key = keyOf(args.literalString("key"));
      return ({ scene }) =>
        pointsWithData(scene).some((point) => point.map(pointAttributesField[scene.dataField] as number).has(key));
    },
  },
  {
    name: "HasAttrOnDatapoint",
    parameters: ["key", "expected_val"],
    build: (args) => {
      const key = keyOf(args.literalString("key"));
      const value = args.literalString("expected_val");
      // Like the Collector: the first point that has the key decides.
      return ({ scene }) => {
        const field = pointAttributesField[scene.dataField] as number;
        const first = pointsWithData(scene).find((point) => point.map(field).has(key));
        return first?.map(field).get(key) === value;
      };
    },
  },
];

function pointsWithData(scene: Scene): MessageView[] {
  if (scene.dataField === 0) throw new Failure("unknown metric type");
  return pointsOf(scene);
}
