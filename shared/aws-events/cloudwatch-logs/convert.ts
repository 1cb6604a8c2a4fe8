import type { ReceivedRequest } from "../../batch/accept.ts";
import type { Attribute } from "../../otlp/write-attribute.ts";
import { asGauges, pointsOf } from "../embedded-gauges.ts";
import type { RecognisedLine } from "../lines/line-format.ts";
import type { LogRecord, LogTime } from "../log-record.ts";
import { encodeLogRequest } from "../log-request.ts";
import type { MetricPoint } from "../metric-point.ts";
import { encodeMetricRequest } from "../metric-request.ts";
import type { Envelope, LogEvent } from "./envelope.ts";
import { extractedOf } from "./extracted-fields.ts";
import { logSourceOf } from "./log-source.ts";
import { recogniseMessage } from "./recognise-message.ts";

export interface ConvertOptions {
  /** Region of the function or of the stream that brought the events: the envelope does not say it. */
  readonly region?: string | undefined;
  /** Attributes that every resource gets beside its own. */
  readonly attributes?: readonly Attribute[] | undefined;
  /** When the events came, milliseconds since 1970. */
  readonly observedMs: number;
  /** Whether reports and embedded metrics become metrics beside being log records. */
  readonly withMetrics: boolean;
  /** Whether embedded metrics become gauges, as metric streams do, or stay summaries. */
  readonly toGauges: boolean;
}

/** Requests of one envelope: one for logs, one for metrics; none where there is nothing of them. */
export interface Converted {
  readonly requests: readonly ReceivedRequest[];
  /** Points that were left out of an envelope that would make more than it should; their lines are log records all the same. */
  readonly droppedPoints: number;
}

/** Events of one account and region, as central collection mixes them. */
interface Origin extends Place {
  readonly resource: readonly Attribute[];
  readonly records: LogRecord[];
  readonly points: MetricPoint[];
}

const dayMs = 86_400_000;
/** Characters of attributes that the points of an envelope may have: a line of a few kilobytes can ask for a hundred times of it. */
const maxPointCharacters = 8_388_608;
const scope = "aws.cloudwatch.logs";

/** Makes one log record of each event, in order, whatever is in it: what its line says of itself is added, and nothing is lost. */
export function convertEnvelope(envelope: Envelope, options: ConvertOptions): Converted {
  const source = logSourceOf(envelope.logGroup, envelope.logStream);
  const origins = new Map<string, Origin>();
  let own: Origin | undefined;
  let room = maxPointCharacters;
  let droppedPoints = 0;
  for (const event of envelope.logEvents) {
    const { message, timestamp, id, extracted } = readEvent(event);
    const line = recogniseMessage(message, source.kind);
    const time = timeOf(line, timestamp);
    const origin = isElsewhere(extracted) ? originOf(origins, envelope, placeOf(extracted)) : here();
    origin.records.push(
      recordOf({ message, id, line, time, observedMs: options.observedMs, fields: extracted.fields }),
    );
    const measured = (options.withMetrics && line?.metrics) || [];
    for (const each of measured) {
      const point = options.toGauges ? asGauges(each, origin) : each;
      room -= charactersOf(point) * pointsOf(point);
      if (room >= 0) origin.points.push(point.timeMs === undefined ? { ...point, timeMs: time?.ms } : point);
      else droppedPoints += pointsOf(point);
    }
  }
  return { requests: [...requestsOf([...origins.values()], envelope)], droppedPoints };

  /** That of nearly all events. */
  function here(): Origin {
    own ??= originOf(origins, envelope, placeOf({}));
    return own;
  }

  function placeOf({ account, region = options.region }: Place): Place {
    return { account, region };
  }

  function originOf(known: Map<string, Origin>, { owner, logGroup, logStream }: Envelope, place: Place): Origin {
    const account = place.account ?? owner;
    const key = JSON.stringify([account, place.region]);
    const found = known.get(key);
    if (found) return found;
    const resource: Attribute[] = [
      { name: "cloud.provider", value: "aws" },
      ...(account === "" ? [] : [{ name: "cloud.account.id", value: account }]),
      ...(place.region === undefined ? [] : [{ name: "cloud.region", value: place.region }]),
      { name: "aws.log.group.names", value: [logGroup] },
      { name: "aws.log.stream.names", value: [logStream] },
      ...source.attributes,
      ...(options.attributes ?? []),
    ];
    const origin: Origin = { account, region: place.region, resource, records: [], points: [] };
    known.set(key, origin);
    return origin;
  }
}

interface Place {
  readonly account?: string | undefined;
  readonly region?: string | undefined;
}

function isElsewhere({ account, region }: Place): boolean {
  return account !== undefined || region !== undefined;
}

function readEvent(event: unknown) {
  const { message, timestamp, id, extractedFields } = (
    typeof event === "object" && event !== null ? event : {}
  ) as LogEvent;
  return {
    // Something else than an event is kept as it is.
    message: typeof message === "string" ? message : (JSON.stringify(event) ?? ""),
    timestamp:
      typeof timestamp === "number" && Number.isSafeInteger(timestamp) && timestamp >= 0 ? timestamp : undefined,
    id: typeof id === "string" && id !== "" ? id : undefined,
    extracted: extractedOf(extractedFields),
  };
}

/** The line's own time where it is near that of the event: a date in a line need not be when it was written. */
function timeOf(line: RecognisedLine | undefined, timestamp: number | undefined): LogTime | undefined {
  const own = line?.time;
  if (own && (timestamp === undefined || Math.abs(own.ms - timestamp) <= dayMs)) return own;
  return timestamp === undefined ? undefined : { ms: timestamp };
}

function recordOf(parts: {
  readonly message: string;
  readonly id: string | undefined;
  readonly line: RecognisedLine | undefined;
  readonly time: LogTime | undefined;
  readonly observedMs: number;
  readonly fields: readonly Attribute[];
}): LogRecord {
  const { message, id, line, time, observedMs, fields } = parts;
  const uid = id === undefined ? [] : [{ name: "log.record.uid", value: id }];
  return {
    time,
    observed: { ms: observedMs },
    severity: line?.severity,
    body: line?.body ?? message,
    attributes: [...uid, ...(line?.attributes ?? []), ...fields],
    trace: line?.trace,
    eventName: line?.eventName,
  };
}

function charactersOf({ name, attributes }: MetricPoint): number {
  return attributes.reduce((sum, each) => sum + each.name.length + String(each.value).length, name.length);
}

function* requestsOf(origins: readonly Origin[], { logStream }: Envelope): Iterable<ReceivedRequest> {
  const items = origins.reduce((sum, { records }) => sum + records.length, 0);
  if (items > 0) {
    const bytes = encodeLogRequest(origins.map(({ resource, records }) => ({ resource, scope, records })));
    yield { format: "otlp/logs", items, bytes };
  }
  const points = origins.reduce((sum, each) => each.points.reduce((own, point) => own + pointsOf(point), sum), 0);
  if (points > 0) {
    // Two streams of a group have series of their own: no point takes another's place.
    const instance = { name: "service.instance.id", value: logStream };
    const bytes = encodeMetricRequest(
      origins.map((each) => ({ resource: [...each.resource, instance], points: each.points })),
    );
    yield { format: "otlp/metrics", items: points, bytes };
  }
}
