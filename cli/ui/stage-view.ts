import { awsProblem } from "../../shared/aws/aws-problem.ts";
import type { QueueStatusRead } from "../../shared/aws/sqs/queue-status.ts";
import type { QueueRow } from "../../shared/overview/overview.ts";
import type { AlarmRow, FunctionRow, StageView } from "../../shared/overview/stage.ts";
import { readQueues } from "../status/queues.ts";
import type { Io } from "../terminal/io.ts";
import { readOldestAge } from "../terminal/oldest-age.ts";

const timeoutMs = 10_000;
const functionNames = ["ingest", "flush", "replay"];
/** Where the stage was deployed with what they are for. */
const optionalNames = ["firehose", "logs", "objects"];

/** Reads a stage: its queues, its alarms and its functions. Never rejects. */
export async function readStageView(stage: string, io: Io, now: number): Promise<StageView> {
  const problems: string[] = [];
  const { local, queue, deadLetters, objects } = await readQueues(stage, io);
  const [age, alarms, functions] = local
    ? [undefined, [], []]
    : await Promise.all([
        readOldestAge(`sluice-${stage}`, now),
        readAlarms(stage, problems),
        readFunctions(stage, problems),
      ]);
  if (age?.kind === "failed") problems.push(age.reason);
  const oldest = age?.kind === "read" ? age.seconds : undefined;
  const queues = [
    rowOf(`sluice-${stage}`, queue, problems),
    rowOf("dead-letters", deadLetters, problems),
    ...(objects
      ? [rowOf("objects", objects.queue, problems), rowOf("objects-dead-letters", objects.deadLetters, problems)]
      : []),
  ].flat();
  return {
    at: now,
    stage,
    queues: queues.map((row, index) => (index === 0 && oldest !== undefined ? { ...row, oldestSeconds: oldest } : row)),
    alarms,
    functions,
    problems,
  };
}

function rowOf(name: string, read: QueueStatusRead, problems: string[]): readonly QueueRow[] {
  if (read.kind === "read") return [{ name, messages: read.waiting + read.delayed, inFlight: read.inFlight }];
  problems.push(read.reason);
  return [];
}

async function readAlarms(stage: string, problems: string[]): Promise<readonly AlarmRow[]> {
  const { CloudWatchClient, DescribeAlarmsCommand } = await import("@aws-sdk/client-cloudwatch");
  const client = new CloudWatchClient({ maxAttempts: 2 });
  try {
    const command = new DescribeAlarmsCommand({ AlarmNamePrefix: `sluice-${stage}-`, MaxRecords: 100 });
    const { MetricAlarms = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    return MetricAlarms.map(({ AlarmName = "", StateValue = "", StateReason = "", StateUpdatedTimestamp }) => ({
      name: AlarmName,
      state: StateValue,
      reason: StateReason,
      ...(StateUpdatedTimestamp && { since: StateUpdatedTimestamp.getTime() }),
    }));
  } catch (error) {
    problems.push(awsProblem(error, { action: "cloudwatch:DescribeAlarms", resource: `alarms of ${stage}` }));
    return [];
  } finally {
    client.destroy();
  }
}

async function readFunctions(stage: string, problems: string[]): Promise<readonly FunctionRow[]> {
  const { LambdaClient, GetFunctionConfigurationCommand, ResourceNotFoundException } = await import(
    "@aws-sdk/client-lambda"
  );
  const client = new LambdaClient({ maxAttempts: 2 });
  const read = async (short: string): Promise<readonly FunctionRow[]> => {
    const name = `sluice-${stage}-${short}`;
    try {
      const command = new GetFunctionConfigurationCommand({ FunctionName: name });
      const found = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
      const { State = "", Runtime = "", MemorySize = 0, Timeout = 0, LastModified } = found;
      const changedAt = Date.parse(LastModified ?? "");
      const row = { name, state: State, runtime: Runtime, memoryMb: MemorySize, timeoutSeconds: Timeout };
      return [Number.isNaN(changedAt) ? row : { ...row, changedAt }];
    } catch (error) {
      if (optionalNames.includes(short) && error instanceof ResourceNotFoundException) return [];
      problems.push(awsProblem(error, { action: "lambda:GetFunctionConfiguration", resource: name }));
      return [];
    }
  };
  try {
    return (await Promise.all([...functionNames, ...optionalNames].map(read))).flat();
  } finally {
    client.destroy();
  }
}
