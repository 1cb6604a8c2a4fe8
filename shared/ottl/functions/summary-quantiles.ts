import { keyOf } from "../../edit/any-value.ts";
import { doubleField } from "../../edit/encode-field.ts";
import { MessageView } from "../../edit/message-view.ts";
import { metricData } from "../../edit/scene.ts";
import { utf8 } from "../../edit/text.ts";
import type { Editor } from "../function.ts";
import { gaugeMetric, numberPointOf, pointsOf } from "./metric-points.ts";

/** Adds a gauge with a point for each quantile of a summary's points, the quantile as an attribute. */
export const summaryQuantilesEditor: Editor = {
  name: "convert_summary_quantile_val_to_gauge",
  parameters: ["attribute_key?", "suffix?"],
  build: (args) => {
    const key = keyOf(args.has("attribute_key") ? args.literalString("attribute_key") : "quantile");
    const suffix = args.has("suffix") ? args.literalString("suffix") : ".quantiles";
    return ({ scene }) => {
      const { metric, dataField } = scene;
      if (dataField !== metricData.summary) return;
      const points: Uint8Array[] = [];
      const quantile = new MessageView();
      const made = new MessageView();
      for (const point of pointsOf(scene)) {
        for (const { bytes, from, to } of point.occurrences(6)) {
          quantile.load(bytes, from, to);
          const plain = numberPointOf(point, dataField, doubleField(4, quantile.double(2)));
          made.load(plain, 0, plain.length);
          made.map(7).set(key, quantile.double(1));
          points.push(made.toBytes());
        }
      }
      const bytes = gaugeMetric({
        name: utf8(metric.text(1) + suffix),
        description: metric.data(2),
        unit: metric.data(3),
        points,
      });
      scene.addedMetrics.push({ bytes, origins: [] });
    };
  },
};
