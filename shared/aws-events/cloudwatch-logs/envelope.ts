import { asObject } from "../../json-document.ts";

/** An event of a stream, as it came: what it should be is for the reader to check. */
export interface LogEvent {
  readonly id?: unknown;
  readonly timestamp?: unknown;
  readonly message?: unknown;
  readonly extractedFields?: unknown;
}

/** What CloudWatch Logs sends of one stream to a subscription. */
export interface Envelope {
  /** Account that the group belongs to. */
  readonly owner: string;
  readonly logGroup: string;
  readonly logStream: string;
  readonly logEvents: readonly unknown[];
}

/** `control`: CloudWatch tries whether the subscription can be reached; nothing in it is telemetry. */
export type ParsedEnvelope =
  | { readonly kind: "data"; readonly envelope: Envelope }
  | { readonly kind: "control" }
  | { readonly kind: "invalid"; readonly reason: string };

/** Reads one document (CloudWatch Logs guide, "Using CloudWatch Logs subscription filters"). Never throws. */
export function parseEnvelope(document: string): ParsedEnvelope {
  const parsed = parse(document);
  if (!parsed) return { kind: "invalid", reason: "it is not a JSON object" };
  const { messageType, owner, logGroup, logStream, logEvents } = parsed;
  if (messageType === "CONTROL_MESSAGE") return { kind: "control" };
  if (messageType !== "DATA_MESSAGE") return { kind: "invalid", reason: `its messageType is ${shown(messageType)}` };
  if (typeof logGroup !== "string" || typeof logStream !== "string" || !Array.isArray(logEvents)) {
    return { kind: "invalid", reason: "it has no logGroup, logStream or list of logEvents" };
  }
  return { kind: "data", envelope: { owner: typeof owner === "string" ? owner : "", logGroup, logStream, logEvents } };
}

function parse(document: string) {
  try {
    return asObject(JSON.parse(document));
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : "missing";
}
