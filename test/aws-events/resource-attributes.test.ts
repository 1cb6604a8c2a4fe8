import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { withResourceAttributes } from "../../shared/aws-events/resource-attributes.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { signalNames } from "../../shared/signal.ts";
import { scan } from "../../shared/wire/scan.ts";
import { metricsOf, resourcesOf, streamedRequest } from "../support/firehose/metric-stream.ts";
import { arbitraryRequest } from "../support/otlp/arbitrary-request.ts";

const attributes = [
  { name: "team", value: "web" },
  { name: "cloud.region", value: "elsewhere" },
];

describe("withResourceAttributes()", () => {
  it("adds what a resource lacks, and leaves the rest as it is", () => {
    const request = streamedRequest([{ namespace: "AWS/EC2", name: "CPUUtilization", count: 5, sum: 60 }]);
    const bytes = withResourceAttributes(request, attributes);
    expect(metricsOf(bytes)).toEqual(metricsOf(request));
    expect(resourcesOf(bytes)).toMatchObject([{ team: "web", "cloud.region": "us-east-1" }]);
    expect(withResourceAttributes(request, [])).toBe(request);
  });

  it.each(signalNames)("keeps every item of valid requests of %s", (signal) => {
    const { request } = signals[signal];
    fc.assert(
      fc.property(arbitraryRequest(signal), (bytes) => {
        expect(scan(withResourceAttributes(bytes, attributes), request)).toEqual(scan(bytes, request));
      }),
    );
  });
});
