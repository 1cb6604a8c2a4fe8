import { describe, expect, it } from "vitest";
import { lokiPushExporter } from "../../../shared/exporters/loki-push/exporter.ts";

const url = "http://loki.example/loki/api/v1/push";

function judge(status: number, body = "", headers: Record<string, string> = {}) {
  const answer = { kind: "answered", status, headers, body: Buffer.from(body) } as const;
  return lokiPushExporter.classify(answer, { format: "loki/push", now: 0 });
}

describe("lokiPushExporter", () => {
  it("posts to the URL as it is", () => {
    const body = Uint8Array.of(1);
    expect(lokiPushExporter.request({ format: "loki/push", encoding: "snappy", body }, url)).toEqual({
      url,
      headers: { "content-type": "application/x-protobuf", "content-encoding": "snappy" },
      body,
    });
  });

  it("names the tenant, where there is one", () => {
    const payload = { format: "loki/push", encoding: "snappy", body: new Uint8Array(0) } as const;
    const headers = (tenant: string) => lokiPushExporter.request({ ...payload, tenant }, url).headers;
    expect(headers("t1")).toHaveProperty("x-scope-orgid", "t1");
    expect(headers("")).not.toHaveProperty("x-scope-orgid");
  });

  it.each([200, 204])("takes %i for delivered", (status) => {
    expect(judge(status)).toEqual({ kind: "delivered", rejected: 0 });
  });

  it.each([
    [400, "entry for stream '{a=\"b\"}' has timestamp too old", "rejected"],
    [
      400,
      "max entry size '262144' bytes exceeded for stream '{}' while adding an entry with length '300000' bytes",
      "rejected",
    ],
    [422, "error at least one valid stream is required for ingestion", "rejected"],
    [413, "", "too-large"],
    [
      429,
      "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while attempting to ingest '60' lines totaling '15360000' bytes, reduce log volume",
      "too-large",
    ],
  ])("refuses data for %i %s", (status, body, reason) => {
    expect(judge(status, body)).toMatchObject({ kind: "refused", reason, status });
    expect(judge(status, body)).toHaveProperty("message", body === "" ? `HTTP ${status}` : `HTTP ${status}: ${body}`);
  });

  it.each([
    [
      429,
      "ingestion rate limit exceeded for user fake (limit: 4194304 bytes/sec) while attempting to ingest '6' lines totaling '1536' bytes",
    ],
    [500, "boom"],
    [502, ""],
    [408, ""],
  ])("tries %i again", (status, body) => {
    expect(judge(status, body, { "retry-after": "7" })).toMatchObject({ kind: "retry", afterMs: 7000 });
  });

  it.each([401, 403, 404, 301])("waits for the operator on %i", (status) => {
    expect(judge(status)).toMatchObject({ kind: "misconfigured", status });
  });

  it("tries again when there was no answer, and waits for the operator when there never will be", () => {
    const judged = (permanent: boolean) =>
      lokiPushExporter.classify({ kind: "failed", reason: "x", permanent }, { format: "loki/push", now: 0 });
    expect([judged(false), judged(true)]).toEqual([
      { kind: "retry", reason: "x" },
      { kind: "misconfigured", status: 0, message: "x" },
    ]);
  });

  it("probes with a request that holds nothing", () => {
    expect(lokiPushExporter.probe("loki/push").body).toEqual(Uint8Array.of(0));
  });
});
