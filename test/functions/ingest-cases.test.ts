import { describe, expect, it } from "vitest";
import { createIngest } from "../../functions/ingest.ts";
import { albEvent, answerOf, urlEvent } from "../support/lambda/lambda-events.ts";
import { checkAnswer, type EdgeCase } from "../support/otlp/cases/edge-case.ts";
import { limitBytes } from "../support/otlp/cases/http-cases.ts";
import { edgeCases } from "../support/otlp/cases.ts";
import { createRecordingAccept } from "../support/queue/recording-accept.ts";
import { type EmittedEvent, recordEvents } from "../support/record-events.ts";

const maxMs = 1000;

async function run(edge: EdgeCase, event: object): Promise<void> {
  const { accept, received } = createRecordingAccept();
  const events: EmittedEvent[] = [];
  const ingest = createIngest({ accept, emit: recordEvents(events), maxBodyBytes: limitBytes });
  const started = performance.now();
  const result = await ingest(event);
  expect(performance.now() - started).toBeLessThan(maxMs);
  checkAnswer(edge, answerOf(result), received);
  expect(events.map(({ name }) => name)).toEqual([result.statusCode === 200 ? "request.accepted" : "request.refused"]);
}

describe("ingest, every case, as an ALB event", () => {
  it.each(edgeCases)("$name", (edge) => run(edge, albEvent(edge)));
});

describe("ingest, every case, as an ALB event with multi-value headers", () => {
  it.each(edgeCases)("$name", (edge) => run(edge, albEvent(edge, { multiValue: true })));
});

describe("ingest, every case, as a function URL event", () => {
  it.each(edgeCases)("$name", (edge) => run(edge, urlEvent(edge)));
});
