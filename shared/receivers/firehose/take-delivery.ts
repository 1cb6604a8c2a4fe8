import type { IsOwnGroup } from "../../aws-events/cloudwatch-logs/own-groups.ts";
import type { Accept } from "../../batch/accept.ts";
import type { Clock } from "../../clock.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import type { Emit } from "../../telemetry/events/events.ts";
import { merge } from "../../wire/merge.ts";
import { acceptRequest } from "../accept-request.ts";
import { metadataOf } from "../metadata.ts";
import { convertRecord } from "./convert-record.ts";
import type { Piece } from "./converted.ts";
import type { Delivery, RefusedRecord, TakeDelivery, Taken } from "./delivery.ts";

/** Keeps records that cannot be used, for a person to look at: whether they are durable. Never rejects. */
export type KeepRefused = (refused: readonly RefusedRecord[], origin: readonly Attribute[]) => Promise<boolean>;

export interface TakeDeliveryOptions {
  readonly accept: Accept;
  readonly emit: Emit;
  readonly clock: Pick<Clock, "now">;
  /** Whether summaries of metric streams become gauges; asked for each request. */
  readonly toGauges: () => boolean;
  /** Whether lines of CloudWatch Logs that report metrics become metrics too; absent: they do. */
  readonly withMetrics?: () => boolean;
  /** Log groups that the gateway itself writes; absent: none. */
  readonly isOwnGroup?: IsOwnGroup;
  /** Absent: what cannot be used is counted and told, and not kept. */
  readonly keepRefused?: KeepRefused;
  /** Whether requests keep the headers that they came with. */
  readonly keepsMetadata?: boolean;
}

/** What is gathered before it is handed on, so that a large request does not become many times as large in memory. */
const maxGatheredBytes = 8 * 1_048_576;

/** Makes OTLP of the records of a request and hands them on; taken when all that can be used, and all that cannot, is durable. */
export function createTakeDelivery(options: TakeDeliveryOptions): TakeDelivery {
  const { accept, emit, clock, toGauges, keepRefused, keepsMetadata, isOwnGroup = () => false } = options;
  const { withMetrics = () => true } = options;

  return async function takeDelivery(delivery, abort) {
    const { records, origin, sourceArn } = delivery;
    const attributes = [...delivery.attributes].map(([name, value]) => ({ name, value }));
    const observedMs = Math.floor(clock.now());
    const convert = {
      origin,
      sourceArn,
      attributes,
      isOwnGroup,
      toGauges: toGauges(),
      withMetrics: withMetrics(),
      observedMs,
    };
    const refused = [...delivery.refused];
    const gathered = { metrics: new Gathered(), logs: new Gathered() };
    let hasPieces = false;
    for (const record of records) {
      const converted = convertRecord(record, convert);
      refused.push(...converted.refused);
      for (const piece of converted.pieces) {
        hasPieces = true;
        const ofSignal = gathered[piece.signal];
        ofSignal.add(piece);
        if (ofSignal.bytes < maxGatheredBytes) continue;
        const problem = await hand(ofSignal.take(), delivery, abort);
        if (problem) return problem;
      }
    }
    // One answer tells the operator where the format is chosen; a dead letter a minute would not.
    const [first] = refused;
    if (first && !hasPieces && refused.every(({ reason }) => reason === "opentelemetry-0.7"))
      return { kind: "refused", reason: first.reason, message: first.message };
    for (const ofSignal of [gathered.metrics, gathered.logs]) {
      const problem = await hand(ofSignal.take(), delivery, abort);
      if (problem) return problem;
    }
    return keep(refused, delivery);
  };

  async function hand(
    pieces: readonly Piece[],
    { headers }: Delivery,
    abort?: AbortSignal,
  ): Promise<Taken | undefined> {
    const [first] = pieces;
    if (!first) return undefined;
    const items = pieces.reduce((sum, piece) => sum + piece.items, 0);
    const received = {
      format: `otlp/${first.signal}` as const,
      items,
      bytes: merge(pieces.map(({ bytes }) => bytes)),
      ...(keepsMetadata && { metadata: metadataOf(headers) }),
    };
    const acceptance = await acceptRequest(received, { accept, emit, transport: "http", abort });
    return acceptance.kind === "unavailable" ? { kind: "unavailable", reason: acceptance.reason } : undefined;
  }

  async function keep(refused: readonly RefusedRecord[], { requestId, sourceArn }: Delivery): Promise<Taken> {
    if (refused.length === 0) return { kind: "taken" };
    for (const [reason, alike] of Map.groupBy(refused, ({ reason: why }) => why)) {
      const bytes = alike.reduce((sum, record) => sum + (record.bytes?.length ?? 0), 0);
      const message = (alike[0]?.message ?? "").slice(0, 500);
      emit("records.refused", { source: "firehose", reason, records: alike.length, bytes, message });
    }
    const origin = [
      { name: "aws.firehose.arn", value: sourceArn },
      { name: "aws.firehose.request_id", value: requestId },
    ];
    if (!keepRefused || (await keepRefused(refused, origin))) return { kind: "taken" };
    return { kind: "unavailable", reason: "the dead-letter queue did not take the records that cannot be used" };
  }
}

/** Pieces of one signal that wait to be handed on together. */
class Gathered {
  bytes = 0;
  private pieces: Piece[] = [];

  add(piece: Piece): void {
    this.pieces.push(piece);
    this.bytes += piece.bytes.length;
  }

  take(): readonly Piece[] {
    const taken = this.pieces;
    this.pieces = [];
    this.bytes = 0;
    return taken;
  }
}
