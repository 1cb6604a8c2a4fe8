import { randomUUID } from "node:crypto";
import { awsProblem } from "../../shared/aws/aws-problem.ts";
import { grafanaCloudName } from "../../shared/config/destinations.ts";
import type { Config } from "../../shared/config/resolve.ts";
import { settings } from "../../shared/config/settings.ts";
import { errorText } from "../../shared/error-text.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { transcode } from "../../shared/otlp/transcode.ts";
import { encodeEnvelope } from "../../shared/queue/envelope.ts";
import { defaultScanLimits } from "../../shared/wire/scan.ts";
import type { Io } from "../terminal/io.ts";
import { type Check, failed, ok, skipped, warning } from "./check.ts";
import { type Answered, invoke } from "./invoke.ts";

const serviceName = "sluice-doctor";
const localMs = 15_000;
const pollMs = 250;
const name = "delivered";

/**
 * Does a record arrive? One log record with a mark of its own goes into the queue through ingest, as the load balancer would send
 * it, and the same one to the destination through flush, as the queue would hand it over: both with the functions' own roles.
 */
export async function checkJourney(stage: string, config: Config | undefined): Promise<readonly Check[]> {
  const mark = randomUUID();
  const ingest = await throughIngest(stage, { mark, config });
  return [ingest, await throughFlush(stage, { mark, config })];
}

interface Journey {
  readonly mark: string;
  readonly config: Config | undefined;
}

async function throughIngest(stage: string, { mark, config }: Journey): Promise<Check> {
  const functionName = `sluice-${stage}-ingest`;
  const invoked = await invoke(functionName, {
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:doctor" } },
    httpMethod: "POST",
    path: signals.logs.path,
    queryStringParameters: {},
    headers: { "content-type": "application/json", ...authorization(config) },
    body: recordOf(mark),
    isBase64Encoded: false,
  });
  const logs = `npx sls logs -f ingest --stage ${stage} --startTime 10m`;
  if (invoked.kind === "refused") return denied("ingest", functionName, invoked.error);
  if (invoked.functionError !== undefined) return failed("ingest", endOf(functionName, invoked), logs);
  const { statusCode } = (invoked.answer ?? {}) as { statusCode?: number };
  if (statusCode === 200) return ok("ingest", `${functionName} put a log record marked ${mark} into the queue`);
  if (statusCode === 401) return ok("ingest", `${functionName} asks for a sender token that doctor does not have`);
  return failed("ingest", `It answers ${statusCode} to a log record.`, logs);
}

async function throughFlush(stage: string, { mark, config }: Journey): Promise<Check> {
  const functionName = `sluice-${stage}-flush`;
  const now = Date.now();
  const { bytes } = protobufOf(mark);
  const batch = { format: "otlp/logs", destination: grafanaCloudName, items: 1, acceptedAt: now } as const;
  const body = encodeEnvelope({ ...batch, bytes: bytes.length, encoding: "identity", payload: bytes });
  const attributes = {
    ApproximateReceiveCount: "1",
    SentTimestamp: String(now),
    ApproximateFirstReceiveTimestamp: String(now),
  };
  const record = { messageId: mark, receiptHandle: "doctor", body, attributes, eventSource: "aws:sqs" };
  const invoked = await invoke(functionName, { Records: [record] });
  const logs = `npx sls logs -f flush --stage ${stage} --startTime 10m`;
  if (invoked.kind === "refused") return denied(name, functionName, invoked.error);
  if (invoked.functionError !== undefined) return failed(name, endOf(functionName, invoked), logs);
  const { batchItemFailures } = (invoked.answer ?? {}) as { batchItemFailures?: readonly unknown[] };
  const isParked = invoked.log.includes("batch.dead-lettered");
  if (batchItemFailures?.length === 0 && !isParked) {
    const where = config?.endpoint ?? "the destination";
    return ok(name, `flush brought a log record to ${where}: look for {service_name="${serviceName}"} |= "${mark}"`);
  }
  const said = lastComplaint(invoked.log);
  return failed(name, `flush could not bring a log record to the destination${said}.`, logs);
}

/** The same with the stack that `npm start` runs: through its port, then by what it says it delivered. */
export async function checkLocalJourney(config: Config | undefined, io: Io): Promise<readonly Check[]> {
  const at = (host: string, port: string) => `http://${io.env[host]}:${io.env[port]}`;
  const admin = at(settings.adminHost.env, settings.adminPort.env);
  const http = at(settings.host.env, settings.httpPort.env);
  const mark = randomUUID();
  const fix = "See what it says in the terminal of npm start";
  try {
    const before = await deliveredLogs(admin);
    const headers = { "content-type": "application/json", ...authorization(config) };
    const sent = await fetch(`${http}${signals.logs.path}`, { method: "POST", headers, body: recordOf(mark) });
    if (!sent.ok) return [failed(name, `${http} answers ${sent.status} to a log record.`, fix)];
    for (const endsAt = Date.now() + localMs; Date.now() < endsAt; ) {
      if ((await deliveredLogs(admin)) > before) {
        return [ok(name, `logs were delivered after a log record marked ${mark} was taken`)];
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
    const detail = `A log record marked ${mark} was taken, and no logs were delivered in ${localMs / 1000} s.`;
    return [warning(name, detail, fix)];
  } catch (error) {
    return [failed(name, `${http}: ${errorText(error)}`, "Start it: npm start")];
  }
}

async function deliveredLogs(admin: string): Promise<number> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const values = text.matchAll(/^sluice_delivered_items_total\{[^}]*signal="logs"[^}]*\} (\S+)$/gm);
  return [...values].reduce((sum, [, value]) => sum + Number(value), 0);
}

function denied(check: string, functionName: string, error: unknown): Check {
  return skipped(check, awsProblem(error, { action: "lambda:InvokeFunction", resource: functionName }));
}

function endOf(functionName: string, { functionError, answer, log }: Answered): string {
  const said = lastComplaint(log) || `: ${JSON.stringify(answer).slice(0, 200)}`;
  return `${functionName} ends with ${functionError}${said}.`;
}

/** What the function said last that was not fine. */
function lastComplaint(log: string): string {
  const messages = [...log.matchAll(/"level":"(?:warn|error)".*?"message":("(?:[^"\\]|\\.)*")/g)];
  const last = messages.at(-1)?.[1];
  return last === undefined ? "" : `: ${String(JSON.parse(last)).slice(0, 300)}`;
}

function authorization(config: Config | undefined): Record<string, string> {
  const [token] = config?.senderTokens ?? [];
  return token ? { authorization: `Bearer ${token.reveal()}` } : {};
}

function recordOf(mark: string): string {
  const attributes = [{ key: "service.name", value: { stringValue: serviceName } }];
  const logRecord = {
    timeUnixNano: `${Date.now()}000000`,
    severityNumber: 9,
    severityText: "INFO",
    body: { stringValue: `sluice doctor: ${mark}` },
  };
  return JSON.stringify({ resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [logRecord] }] }] });
}

function protobufOf(mark: string): { readonly bytes: Uint8Array } {
  const made = transcode(Buffer.from(recordOf(mark)), signals.logs, { ...defaultScanLimits, maxBytes: 2 ** 16 });
  if (made.kind === "rejected") throw new Error(made.message);
  return made;
}
