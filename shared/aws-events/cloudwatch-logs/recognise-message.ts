import { asObject, type UnknownObject } from "../../json-document.ts";
import { recogniseApiGatewayClf, recogniseApiGatewayExecution, recogniseApiGatewayJson } from "../lines/api-gateway.ts";
import { recogniseCloudfrontJson } from "../lines/cloudfront.ts";
import { recogniseCloudtrail } from "../lines/cloudtrail.ts";
import { readEmbeddedMetrics } from "../lines/embedded-metrics.ts";
import { parseIsoTime } from "../lines/iso-time.ts";
import { recogniseJson } from "../lines/json-line.ts";
import { recogniseLambdaPlatform } from "../lines/lambda-platform.ts";
import { recogniseLambdaText } from "../lines/lambda-text.ts";
import type { Recognise, RecognisedLine } from "../lines/line-format.ts";
import { recognisePlainText } from "../lines/plain-text.ts";
import { createVpcFlow } from "../lines/vpc-flow.ts";
import { recogniseWaf } from "../lines/waf.ts";
import type { SourceKind } from "./log-source.ts";

/** Formats of text by whose lines they are, tried in order; a flow log with columns of its own cannot be recognised. */
const textFormats: Readonly<Record<SourceKind, readonly Recognise[]>> = {
  lambda: [recogniseLambdaText, recognisePlainText],
  "vpc-flow": [createVpcFlow()],
  "api-gateway-execution": [recogniseApiGatewayExecution],
  other: [recogniseApiGatewayClf, recognisePlainText],
};

/** What a message says of itself: undefined where no format knows it, which is nothing wrong. Never throws. */
export function recogniseMessage(message: string, kind: SourceKind): RecognisedLine | undefined {
  const document = documentOf(message);
  if (document) return ofService(message, document) ?? recogniseDocument(document, kind);
  for (const recognise of textFormats[kind]) {
    const line = recognise(message);
    if (line) return line;
  }
  return undefined;
}

/** Events of CloudTrail, and requests of WAF and CloudFront, whose secret headers are redacted in the body too. */
function ofService(message: string, document: UnknownObject): RecognisedLine | undefined {
  if ("eventVersion" in document && "eventSource" in document) return recogniseCloudtrail(message);
  if ("webaclId" in document && "httpRequest" in document) return recogniseWaf(message);
  return recogniseCloudfrontJson(document);
}

function recogniseDocument(document: UnknownObject, kind: SourceKind): RecognisedLine | undefined {
  const metrics = "_aws" in document ? readEmbeddedMetrics(document) : undefined;
  const line =
    recogniseLambdaPlatform(document) ??
    recogniseWrapped(document, kind) ??
    recogniseApiGatewayJson(document) ??
    ofFunction(recogniseJson(document), kind);
  return metrics && metrics.length > 0 ? { attributes: [], ...line, metrics } : line;
}

/**
 * A line of a function or an extension in the shape of the Telemetry API: `{time, type, record}`, the record a document or text (Lambda guide,
 * "Lambda Telemetry API Event schema reference").
 */
function recogniseWrapped({ time, type, record }: UnknownObject, kind: SourceKind): RecognisedLine | undefined {
  const isWrapped = kind === "lambda" && (type === "function" || type === "extension") && typeof time === "string";
  const at = isWrapped ? parseIsoTime(time) : undefined;
  if (!at) return undefined;
  const document = asObject(record);
  const text = typeof record === "string" ? record : "";
  const line = document ? recogniseDocument(document, kind) : (recogniseLambdaText(text) ?? recognisePlainText(text));
  return { attributes: [], ...line, time: line?.time ?? at };
}

/** In a function's line the request is its invocation. */
function ofFunction(line: RecognisedLine | undefined, kind: SourceKind): RecognisedLine | undefined {
  if (kind !== "lambda" || !line) return line;
  const attributes = line.attributes.map((attribute) =>
    attribute.name === "aws.request_id" ? { ...attribute, name: "faas.invocation_id" } : attribute,
  );
  return { ...line, attributes };
}

function documentOf(message: string): UnknownObject | undefined {
  if (!/^\s*\{/.test(message)) return undefined;
  try {
    return asObject(JSON.parse(message));
  } catch {
    return undefined;
  }
}
