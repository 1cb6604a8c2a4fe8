import { awsProblem } from "../../shared/aws/aws-problem.ts";
import { commandLimits, requestHandlerOf } from "../../shared/aws/request-handler.ts";
import type { Config } from "../../shared/config/resolve.ts";
import { type Check, failed, ok, skipped, warning } from "./check.ts";
import { checkFirehose } from "./firehose.ts";
import { checkObjects } from "./objects.ts";
import { checkPublicApi } from "./public-api.ts";

/** Is the stack deployed, do its public API and its endpoint for Firehose ask who sends, and does Lambda take messages from the queue? */
export async function checkStack(stage: string, config?: Config): Promise<readonly Check[]> {
  const [deployed, delivery] = await Promise.all([stack(stage, config), mapping(stage)]);
  return [...deployed, delivery];
}

async function stack(stage: string, config?: Config): Promise<readonly Check[]> {
  const name = "stack";
  const stackName = `sluice-${stage}`;
  const deploy = `npx sls deploy --stage ${stage}`;
  const { CloudFormationClient, DescribeStacksCommand } = await import("@aws-sdk/client-cloudformation");
  const client = new CloudFormationClient({ maxAttempts: 2, requestHandler: requestHandlerOf(commandLimits) });
  try {
    const command = new DescribeStacksCommand({ StackName: stackName });
    const { Stacks = [] } = await client.send(command, { abortSignal: AbortSignal.timeout(10_000) });
    const status = Stacks[0]?.StackStatus ?? "unknown";
    if (/^(CREATE|UPDATE|IMPORT)_COMPLETE/.test(status)) {
      const outputs = new Map(Stacks[0]?.Outputs?.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
      const endpoint = outputs.get("PublicEndpoint");
      const firehose = outputs.get("FirehoseUrl");
      const [, url] = /^[A-Z_]+=(.*)$/.exec(endpoint ?? "") ?? [];
      return [
        ok(name, `${stackName} is ${status}`),
        ...(url ? [await checkPublicApi(stage, url)] : []),
        ...(firehose && config ? [await checkFirehose(stage, firehose, config.firehoseAccessKeys)] : []),
        ...(await checkObjects(stage, (name) => outputs.get(name))),
      ];
    }
    const events = `aws cloudformation describe-stack-events --stack-name ${stackName}`;
    return [
      /IN_PROGRESS$/.test(status)
        ? warning(name, `${stackName} is ${status}.`, `Wait, then: sluice doctor --stage ${stage}`)
        : failed(name, `${stackName} is ${status}.`, `See why: ${events}; then: ${deploy}`),
    ];
  } catch (error) {
    if (error instanceof Error && error.message.includes("does not exist")) {
      return [failed(name, `${stackName} is not deployed.`, deploy)];
    }
    return [skipped(name, awsProblem(error, { action: "cloudformation:DescribeStacks", resource: stackName }))];
  } finally {
    client.destroy();
  }
}

async function mapping(stage: string): Promise<Check> {
  const name = "delivery";
  const FunctionName = `sluice-${stage}-flush`;
  const deploy = `npx sls deploy --stage ${stage}`;
  const { LambdaClient, ListEventSourceMappingsCommand } = await import("@aws-sdk/client-lambda");
  const client = new LambdaClient({ maxAttempts: 2, requestHandler: requestHandlerOf(commandLimits) });
  try {
    const command = new ListEventSourceMappingsCommand({ FunctionName });
    const { EventSourceMappings: [found] = [] } = await client.send(command, {
      abortSignal: AbortSignal.timeout(10_000),
    });
    if (!found) return failed(name, `Nothing invokes ${FunctionName}: batches stay in the queue.`, deploy);
    if (found.State !== "Enabled") {
      const enable = `aws lambda update-event-source-mapping --uuid ${found.UUID} --enabled`;
      return failed(name, `The mapping to ${FunctionName} is ${found.State}: batches stay in the queue.`, enable);
    }
    if (!found.FunctionResponseTypes?.includes("ReportBatchItemFailures")) {
      return failed(name, "The mapping does not report item failures: delivered batches would come again.", deploy);
    }
    return ok(
      name,
      `${FunctionName} is invoked${found.LastProcessingResult ? ` (${found.LastProcessingResult})` : ""}`,
    );
  } catch (error) {
    return skipped(name, awsProblem(error, { action: "lambda:ListEventSourceMappings", resource: FunctionName }));
  } finally {
    client.destroy();
  }
}
