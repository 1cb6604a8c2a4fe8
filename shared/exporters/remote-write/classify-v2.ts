import type { AnswerContext } from "../../delivery/exporter.ts";
import type { TransportAnswer } from "../../delivery/transport.ts";
import type { Verdict } from "../../delivery/verdict.ts";
import { countWritten, hasOneOfEach } from "../../prometheus/remote-write/to-write-v2.ts";
import { classify, describe } from "./classify.ts";

const written = ["samples", "histograms", "exemplars"].map((what) => `x-prometheus-remote-write-${what}-written`);

/**
 * The only judge of an answer to a write of 2.0 (its specification, "Required Written Response Headers"). It says how much was written,
 * not what. A refused part is looked for where what is stored may be sent again; a second sample of a series would make the first one
 * out of order, so there the rest counts as rejected.
 */
export function classifyV2(answer: TransportAnswer, context: AnswerContext): Verdict {
  const verdict = classify(answer, context);
  if (answer.kind === "failed" || (verdict.kind !== "delivered" && verdict.kind !== "refused")) return verdict;
  const { body = new Uint8Array(0) } = context;
  const sent = countWritten(body);
  const stored = writtenOf(answer);
  if (verdict.kind === "refused") {
    if (stored === undefined || stored === 0 || hasOneOfEach(body)) return verdict;
    return { kind: "delivered", rejected: Math.max(0, sent - stored), message: verdict.message };
  }
  if (sent === 0) return verdict;
  if (stored === undefined) {
    const message = `${describe(answer)} does not say what was written: the receiver does not know remote write 2.0`;
    return { kind: "misconfigured", status: answer.status, message };
  }
  if (stored >= sent) return verdict;
  const message = `the receiver has written ${stored} of ${sent} samples, histograms and exemplars`;
  return { kind: "delivered", rejected: sent - stored, message };
}

/** Whether a receiver that says this may know 1.0 alone: it refuses the type, or takes what it does not understand. */
export function isUnknownMessage(answer: TransportAnswer): boolean {
  if (answer.kind === "failed" || writtenOf(answer) !== undefined) return false;
  const { status } = answer;
  return status === 415 || status === 400 || (status >= 200 && status < 300);
}

/** Samples, histograms and exemplars together; undefined where the answer has no count at all. */
function writtenOf({ headers }: Extract<TransportAnswer, { kind: "answered" }>): number | undefined {
  const counts = written.flatMap((name) => {
    const text = headers[name]?.trim() ?? "";
    return /^\d{1,15}$/.test(text) ? [Number(text)] : [];
  });
  return counts.length === 0 ? undefined : counts.reduce((sum, count) => sum + count, 0);
}
