import { basic } from "../../daemon/components/otelcol/auth/basic.ts";
import { bearer } from "../../daemon/components/otelcol/auth/bearer.ts";
import { headers } from "../../daemon/components/otelcol/auth/headers.ts";
import { oauth2 } from "../../daemon/components/otelcol/auth/oauth2.ts";
import { sigv4 } from "../../daemon/components/otelcol/auth/sigv4.ts";
import { debug } from "../../daemon/components/otelcol/exporter/debug.ts";
import { otlp } from "../../daemon/components/otelcol/exporter/otlp.ts";
import { otlphttp } from "../../daemon/components/otelcol/exporter/otlphttp.ts";
import { attributes } from "../../daemon/components/otelcol/processor/attributes.ts";
import { batch } from "../../daemon/components/otelcol/processor/batch.ts";
import { filter } from "../../daemon/components/otelcol/processor/filter.ts";
import { memoryLimiter } from "../../daemon/components/otelcol/processor/memory-limiter.ts";
import { probabilisticSampler } from "../../daemon/components/otelcol/processor/probabilistic-sampler.ts";
import { resourcedetection } from "../../daemon/components/otelcol/processor/resourcedetection.ts";
import { transform } from "../../daemon/components/otelcol/processor/transform.ts";
import type { ComponentDefinition } from "../../daemon/controller/component.ts";
import { functionReceiver } from "./receiver.ts";

const all = [
  functionReceiver,
  basic,
  bearer,
  headers,
  oauth2,
  sigv4,
  attributes,
  batch,
  filter,
  memoryLimiter,
  probabilisticSampler,
  resourcedetection,
  transform,
  debug,
  otlp,
  otlphttp,
] as readonly ComponentDefinition[];

/** The components that a function can run, by their names: a new one is a line above. */
export const functionComponents: ReadonlyMap<string, ComponentDefinition> = new Map(
  all.map((each) => [each.name, each]),
);
