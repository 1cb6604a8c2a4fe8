import { commandLimits, requestHandlerOf } from "../../shared/aws/request-handler.ts";
/** What a function answered; `log` is the end of what it wrote, as much as Lambda tells. */
export interface Answered {
  readonly kind: "answered";
  readonly answer: unknown;
  readonly functionError?: string;
  readonly log: string;
}

const timeoutMs = 60_000;

/** Invokes a function and waits for its answer. Never rejects. */
export async function invoke(
  functionName: string,
  event: unknown,
): Promise<Answered | { readonly kind: "refused"; readonly error: unknown }> {
  const { LambdaClient, InvokeCommand } = await import("@aws-sdk/client-lambda");
  const client = new LambdaClient({ maxAttempts: 2, requestHandler: requestHandlerOf(commandLimits) });
  try {
    const Payload = Buffer.from(JSON.stringify(event));
    const command = new InvokeCommand({ FunctionName: functionName, Payload, LogType: "Tail" });
    const answer = await client.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    const text = Buffer.from(answer.Payload ?? []).toString();
    const log = Buffer.from(answer.LogResult ?? "", "base64").toString();
    const { FunctionError: functionError } = answer;
    return { kind: "answered", answer: parsed(text), log, ...(functionError !== undefined && { functionError }) };
  } catch (error) {
    return { kind: "refused", error };
  } finally {
    client.destroy();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
