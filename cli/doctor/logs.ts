import type { LambdaClient } from "@aws-sdk/client-lambda";
import { awsProblem } from "../../shared/aws/aws-problem.ts";
import { commandLimits, requestHandlerOf } from "../../shared/aws/request-handler.ts";
import { type Check, failed, ok, skipped } from "./check.ts";

/**
 * Where log groups are subscribed: may CloudWatch Logs invoke the function, is what fails kept, and is it taken again? Nothing where the
 * stage has no such function.
 */
export async function checkLogs(stage: string): Promise<readonly Check[]> {
  const FunctionName = `sluice-${stage}-logs`;
  const lambda = await import("@aws-sdk/client-lambda");
  const client = new lambda.LambdaClient({ maxAttempts: 2, requestHandler: requestHandlerOf(commandLimits) });
  const options = { abortSignal: AbortSignal.timeout(10_000) };
  const deploy = `npx sls deploy --stage ${stage}`;
  try {
    await client.send(new lambda.GetFunctionConfigurationCommand({ FunctionName }), options);
  } catch (error) {
    client.destroy();
    if (error instanceof lambda.ResourceNotFoundException) return [];
    return [skipped("logs", awsProblem(error, { action: "lambda:GetFunctionConfiguration", resource: FunctionName }))];
  }
  const asked = { client, options, functionName: FunctionName, deploy };
  const checks = await Promise.all([invoked(asked), kept(asked), takenAgain(asked)]);
  client.destroy();
  return checks;
}

interface Asked {
  readonly client: LambdaClient;
  readonly options: { readonly abortSignal: AbortSignal };
  readonly functionName: string;
  readonly deploy: string;
}

function invoked({ client, options, functionName, deploy }: Asked): Promise<Check> {
  const name = "logs";
  return asking({ name, action: "lambda:GetPolicy", functionName }, async () => {
    const { GetPolicyCommand, ResourceNotFoundException } = await import("@aws-sdk/client-lambda");
    const policy = await client.send(new GetPolicyCommand({ FunctionName: functionName }), options).then(
      ({ Policy = "" }) => Policy,
      (error: unknown) => {
        if (error instanceof ResourceNotFoundException) return "";
        throw error;
      },
    );
    return /"logs\.[a-z0-9.-]*amazonaws\.com/.test(policy)
      ? ok(name, `CloudWatch Logs may invoke ${functionName}`)
      : failed(name, `CloudWatch Logs may not invoke ${functionName}: it skips what it cannot deliver.`, deploy);
  });
}

function kept({ client, options, functionName, deploy }: Asked): Promise<Check> {
  const name = "logs that fail";
  return asking({ name, action: "lambda:GetFunctionEventInvokeConfig", functionName }, async () => {
    const { GetFunctionEventInvokeConfigCommand, ResourceNotFoundException } = await import("@aws-sdk/client-lambda");
    const command = new GetFunctionEventInvokeConfigCommand({ FunctionName: functionName });
    const destination = await client.send(command, options).then(
      ({ DestinationConfig }) => DestinationConfig?.OnFailure?.Destination,
      (error: unknown) => {
        if (error instanceof ResourceNotFoundException) return undefined;
        throw error;
      },
    );
    return destination
      ? ok(name, `are kept in ${destination.split(":").at(-1)}`)
      : failed(name, `Events that ${functionName} fails on three times are lost.`, deploy);
  });
}

function takenAgain({ client, options, functionName, deploy }: Asked): Promise<Check> {
  const name = "logs again";
  return asking({ name, action: "lambda:ListEventSourceMappings", functionName }, async () => {
    const { ListEventSourceMappingsCommand } = await import("@aws-sdk/client-lambda");
    const command = new ListEventSourceMappingsCommand({ FunctionName: functionName });
    const { EventSourceMappings: [found] = [] } = await client.send(command, options);
    if (!found) return failed(name, "Nothing takes the events again that failed.", deploy);
    if (found.State === "Enabled") return ok(name, "what failed is taken again");
    const enable = `aws lambda update-event-source-mapping --uuid ${found.UUID} --enabled`;
    return failed(name, `The mapping of what failed is ${found.State}.`, enable);
  });
}

async function asking(
  { name, action, functionName }: { readonly name: string; readonly action: string; readonly functionName: string },
  ask: () => Promise<Check>,
): Promise<Check> {
  try {
    return await ask();
  } catch (error) {
    return skipped(name, awsProblem(error, { action, resource: functionName }));
  }
}
