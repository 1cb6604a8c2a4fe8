import { describe, expect, it } from "vitest";
import { lokiReceiver } from "../../../daemon/components/otelcol/receiver/loki.ts";
import { type OtlpConsumer, type OtlpRequest, otlpConsumer } from "../../../daemon/controller/capsules.ts";
import type { Acceptance } from "../../../shared/batch/accept.ts";
import { labelSet } from "../../../shared/loki/labels.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";
import { decodeWithOracle } from "../../support/otlp/oracle.ts";

function consumer(...answers: readonly Acceptance[]) {
  const requests: OtlpRequest[] = [];
  const left = [...answers];
  const taking: OtlpConsumer = {
    async accept(request) {
      requests.push(request);
      return left.shift() ?? { kind: "accepted" };
    },
  };
  return { requests, variables: { out: otlpConsumer.encode(taking) } };
}

const entry = { labels: labelSet([["app", "a"]]), timeUnixNano: 5n, line: "hello", metadata: [] };

describe("otelcol.receiver.loki", () => {
  it("passes entries on as log records, and sends again what cannot be taken now", async () => {
    const { requests, variables } = consumer({ kind: "unavailable", reason: "full", retryAfterMs: 5 });
    const args = decodeArguments(lokiReceiver.arguments, "output {\nlogs = [out]\n}", variables);
    const running = await runComponent(lokiReceiver, args);
    await running.exports().receiver.consume([entry, entry]);
    await running.stop();
    expect(requests.map(({ format, items }) => [format, items])).toEqual([
      ["otlp/logs", 2],
      ["otlp/logs", 2],
    ]);
    expect(JSON.stringify(decodeWithOracle(requests[0]?.bytes ?? new Uint8Array(0), "logs"))).toContain('"hello"');
  });

  it("tells its sources when it stops before an entry is durable", async () => {
    const never = Array.from(
      { length: 99 },
      () => ({ kind: "unavailable", reason: "full", retryAfterMs: 60_000 }) as const,
    );
    const { variables } = consumer(...never);
    const args = decodeArguments(lokiReceiver.arguments, "output {\nlogs = [out]\n}", variables);
    const running = await runComponent(lokiReceiver, args);
    const sent = running.exports().receiver.consume([entry]);
    const told = expect(sent).rejects.toThrow("stopped before it was durable: full");
    await running.stop();
    await told;
  });
});
