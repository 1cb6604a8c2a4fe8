import type { Attributes, Meter } from "@opentelemetry/api";
import { AggregationType, MeterProvider, MetricReader, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { isFailing, pick, resourceOf, routes, services } from "./shop.ts";

class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}

/** `count` data points of the demo shop, recorded by the SDK: sums, gauges, both kinds of histograms. */
export async function demoMetrics(count: number): Promise<ResourceMetrics> {
  const reader = new OnDemandReader({ cardinalitySelector: () => count + 1 });
  const aggregation = { type: AggregationType.EXPONENTIAL_HISTOGRAM } as const;
  const views = [{ instrumentName: "db.client.operation.duration", aggregation }];
  const provider = new MeterProvider({ resource: resourceOf(services[0]), readers: [reader], views });
  const instruments = createInstruments(provider.getMeter("demo", "1.4.2"));
  for (let index = 0; index < count; index++) {
    const point = Math.floor(index / instruments.length);
    pick(instruments, index)(point, {
      "http.route": pick(routes, point),
      "http.response.status_code": isFailing(point) ? 502 : 200,
      "service.instance": `demo-${Math.floor(point / routes.length)}`,
    });
  }
  const { resourceMetrics } = await reader.collect();
  await provider.shutdown();
  return resourceMetrics;
}

type Record = (point: number, attributes: Attributes) => void;

function createInstruments(meter: Meter): readonly [Record, ...Record[]] {
  const orders = meter.createCounter("shop.orders", { unit: "{order}", description: "Orders placed" });
  const stock = meter.createGauge("shop.stock", { unit: "{item}", description: "Items in stock" });
  const latency = meter.createHistogram("http.server.request.duration", { unit: "s", description: "Time of requests" });
  const database = meter.createHistogram("db.client.operation.duration", { unit: "s", description: "Time of queries" });
  const carts = meter.createUpDownCounter("shop.carts", { unit: "{cart}", description: "Open carts" });
  return [
    (point, attributes) => orders.add(1 + (point % 7), attributes),
    (point, attributes) => stock.record(500 - (point % 400), attributes),
    (_, attributes) => repeat(() => latency.record(Math.random() * 0.4, attributes)),
    (_, attributes) => repeat(() => database.record(Math.random() * 0.05, attributes)),
    (point, attributes) => carts.add((point % 9) - 2, attributes),
  ];
}

function repeat(record: () => void): void {
  for (let time = 0; time < 20; time++) record();
}
