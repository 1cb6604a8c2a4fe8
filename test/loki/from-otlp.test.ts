import { describe, expect, it } from "vitest";
import { lokiExporter } from "../../daemon/components/otelcol/exporter/loki.ts";
import { logsReceiver } from "../../daemon/controller/capsules.ts";
import { fromOtlp } from "../../shared/loki/from-otlp.ts";
import { labelSet } from "../../shared/loki/labels.ts";
import { createToOtlp } from "../../shared/loki/to-otlp.ts";
import { decodeArguments, runComponent } from "../support/components/component-stand.ts";
import { oracle } from "../support/otlp/oracle.ts";
import { recordingEntries } from "../support/recording-entries.ts";

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } });

function request(record: object, { resource = [] as object[], scope = {} } = {}): Uint8Array {
  const logs = { resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ scope, logRecords: [record] }] }] };
  return oracle.logs.encode(logs).finish();
}

function only(record: object, around: Parameters<typeof request>[1] = {}) {
  const { entries } = fromOtlp(request(record, around), 99n);
  const [entry] = entries;
  if (!entry) throw new Error("no entry");
  return { ...entry, labels: Object.fromEntries(entry.labels.map(({ name, value }) => [name, value])) };
}

describe("fromOtlp()", () => {
  it("makes labels of the service, the severity and the hints, and JSON of the rest", () => {
    const record = {
      timeUnixNano: 5,
      severityNumber: 13,
      severityText: "WARN",
      body: { stringValue: "<hello>" },
      attributes: [
        text("loki.attribute.labels", "http.path, user.id"),
        text("http.path", "/x"),
        text("b", "2"),
        text("a", "1"),
        { key: "user", value: { kvlistValue: { values: [text("id", "7")] } } },
      ],
    };
    const resource = [
      text("service.name", "web"),
      text("service.namespace", "shop"),
      text("service.instance.id", "i1"),
      text("loki.resource.labels", "host.name"),
      text("host.name", "h"),
      text("os", "linux"),
    ];
    const entry = only(record, { resource, scope: { name: "lib", version: "1" } });
    expect(entry.labels).toEqual({
      exporter: "OTLP",
      job: "shop/web",
      instance: "i1",
      level: "warn",
      host_name: "h",
      http_path: "/x",
      user_id: "7",
    });
    expect(entry.timeUnixNano).toBe(5n);
    expect(entry.line).toBe(
      '{"body":"\\u003chello\\u003e","severity":"WARN","attributes":{"a":"1","b":"2","user":{"id":"7"}},"resources":{"os":"linux"},"instrumentation_scope":{"name":"lib","version":"1"}}',
    );
  });

  it.each([
    ["raw", "hello world"],
    ["logfmt", 'msg="hello world" attribute_a=1'],
    ["json", '{"body":"hello world","attributes":{"a":"1"}}'],
  ])("writes %s", (format, line) => {
    const attributes = [text("loki.format", format), text("a", "1")];
    expect(only({ body: { stringValue: "hello world" }, attributes }).line).toBe(line);
  });

  it("drops what has an unknown format, and takes the observed time or now", () => {
    const attributes = [text("loki.format", "xml")];
    expect(fromOtlp(request({ attributes }), 99n)).toEqual({ entries: [], dropped: 1 });
    expect(only({ observedTimeUnixNano: 7, body: { stringValue: "x" } }).timeUnixNano).toBe(7n);
    expect(only({ body: { stringValue: "x" } }).timeUnixNano).toBe(99n);
  });

  it("gives back the labels of entries that came from Loki", () => {
    const entry = { labels: labelSet([["app", "a"]]), timeUnixNano: 5n, line: "x", metadata: [] };
    const { entries } = fromOtlp(createToOtlp()([entry], 6n), 99n);
    expect(entries[0]?.labels).toEqual(labelSet(Object.entries({ app: "a", exporter: "OTLP" })));
  });
});

describe("otelcol.exporter.loki", () => {
  it("accepts when the entries are durable, and asks to send again when waiting ends before", async () => {
    const out = recordingEntries({ hold: true });
    const args = decodeArguments(lokiExporter.arguments, "forward_to = [out]", {
      out: logsReceiver.encode(out.receiver),
    });
    const { input } = (await runComponent(lokiExporter, args)).exports();
    const bytes = request({ body: { stringValue: "x" } });
    const abort = new AbortController();
    const late = input.accept({ format: "otlp/logs", items: 1, bytes }, abort.signal);
    abort.abort();
    expect(await late).toMatchObject({ kind: "unavailable" });
    const inTime = input.accept({ format: "otlp/logs", items: 1, bytes });
    out.release();
    expect(await inTime).toEqual({ kind: "accepted" });
  });
});
