import { describe, expect, it } from "vitest";
import { acceptForTargets } from "../../functions/accept-for-targets.ts";
import { createFunctionPipeline } from "../../functions/pipeline/pipeline.ts";
import { createTakeIn } from "../../functions/take-in.ts";
import type { Accept } from "../../shared/batch/accept.ts";
import { contentOf } from "../../shared/batch/content.ts";
import { createKeepRefusedRecords } from "../../shared/commit/keep-refused-records.ts";
import { intakeName } from "../../shared/config/destinations.ts";
import { readDeadLetter } from "../../shared/dead-letters/dead-letter.ts";
import { systemClock } from "../../shared/node/system-clock.ts";
import { createEnqueue } from "../../shared/queue/enqueue.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import { createMetrics } from "../../shared/telemetry/metrics/metrics.ts";
import { createFlushStand } from "../support/flush/flush-stand.ts";
import { createManualClock } from "../support/manual-clock.ts";
import { createMemoryQueue } from "../support/queue/memory-queue.ts";

/** What a replay sends of a record that Firehose delivered and nobody could use. */
async function replayed(): Promise<string> {
  const clock = createManualClock();
  const letters = createMemoryQueue({ clock });
  const keep = createKeepRefusedRecords({
    deadLetters: letters,
    clock,
    newId: () => "letter",
    emit: () => {},
    destination: intakeName,
  });
  const record = { reason: "corrupt", message: "a frame is cut off", bytes: Buffer.from("password=hunter2") };
  expect(await keep([record], [{ name: "cloud.region", value: "eu-west-1" }])).toBe(true);
  const [message] = [...letters.messages.values()];
  if (!message) throw new Error("there is no letter");
  const letter = await readDeadLetter({ ...message, receiptHandle: "", receiveCount: 1, firstReceivedAt: 0 }, 1000);
  expect(letter.facts).toMatchObject({ id: "letter", reason: "undecodable", signal: "logs", items: 1 });
  return letter.again?.() ?? "";
}

function stand(acceptFor: (enqueueFor: (destination: string) => Accept) => Accept) {
  const out = createMemoryQueue({ clock: createManualClock(), fault: () => (isDown ? "fails" : undefined) });
  let isDown = false;
  const emit = () => {};
  const enqueueFor = (destination: string) =>
    createEnqueue({ queue: out, destination, clock: createManualClock(), emit, maxBatchBytes: 2 ** 20 });
  const made = createFlushStand({ takeIn: createTakeIn({ accept: acceptFor(enqueueFor), emit }) });
  return {
    ...made,
    down: (value: boolean) => {
      isDown = value;
    },
    queued: async () =>
      Promise.all(
        [...out.messages.values()].map(async ({ body }) => {
          const decoded = decodeEnvelope(body);
          if (decoded.kind !== "batch") throw new Error(decoded.message);
          return [decoded.batch.destination, Buffer.from((await contentOf(decoded.batch)) ?? []).toString()] as const;
        }),
      ),
  };
}

describe("a replayed dead letter that never had a destination", () => {
  it("goes through the pipeline, its processors and all of its destinations", async () => {
    const text = `
      otelcol.receiver.otlp "default" {
        http { }
        output { logs = [otelcol.processor.transform.redact.input] }
      }
      otelcol.processor.transform "redact" {
        log_statements {
          context    = "log"
          statements = [\`replace_pattern(body, "password=\\\\S+", "password=***")\`]
        }
        output { logs = [otelcol.exporter.otlphttp.one.input, otelcol.exporter.otlphttp.two.input] }
      }
      otelcol.exporter.otlphttp "one" {
        client { endpoint = "https://one.example.com" }
      }
      otelcol.exporter.otlphttp "two" {
        client { endpoint = "https://two.example.com" }
      }`;
    let load: (() => Promise<string | undefined>) | undefined;
    const { queue, queued, invoke } = stand((enqueueFor) => {
      const pipeline = createFunctionPipeline({
        emit: () => {},
        metrics: createMetrics(),
        clock: systemClock,
        random: () => 0.5,
        variable: () => undefined,
        enqueueFor,
      });
      load = () => pipeline.load(text);
      return pipeline.accept;
    });
    expect(await load?.()).toBeUndefined();
    await queue.send([await replayed()]);
    expect(await invoke()).toBe("done");
    expect(queue.messages.size).toBe(0);
    const sent = await queued();
    expect(sent.map(([destination]) => destination).sort()).toEqual([
      "otelcol.exporter.otlphttp.one",
      "otelcol.exporter.otlphttp.two",
    ]);
    for (const [, content] of sent) {
      expect(content).toContain("password=***");
      expect(content).not.toContain("hunter2");
    }
  });

  it("goes to every destination of the settings that takes logs where there is no pipeline", async () => {
    const { queue, queued, invoke } = stand((enqueueFor) =>
      acceptForTargets(["archive=logs", "spans=traces"], enqueueFor),
    );
    await queue.send([await replayed()]);
    expect(await invoke()).toBe("done");
    expect((await queued()).map(([destination]) => destination).sort()).toEqual(["archive", "grafana-cloud"]);
  });

  it("stays in the queue while it cannot be taken in, beside what is delivered", async () => {
    const { queue, queued, invoke, down, clock } = stand((enqueueFor) => acceptForTargets([], enqueueFor));
    down(true);
    await queue.send([await replayed()]);
    expect(await invoke()).toBe("done");
    expect([queue.messages.size, (await queued()).length]).toEqual([1, 0]);
    down(false);
    clock.advance(3_600_000);
    expect(await invoke()).toBe("done");
    expect([queue.messages.size, (await queued()).length]).toEqual([0, 1]);
  });
});
