import { GetParameterCommand, SSMClient } from "@aws-sdk/client-ssm";
import { awsProblem } from "../aws-problem.ts";
import { requestHandlerOf } from "../request-handler.ts";

const timeoutMs = 10_000;

/** The text of one SSM parameter, decrypted. Throws a sentence for a person; the role needs `ssm:GetParameter` on it. */
export async function readSsmParameter(name: string): Promise<string> {
  const requestHandler = requestHandlerOf({ connectionTimeout: 2_000, requestTimeout: 5_000 });
  const ssm = new SSMClient({ requestHandler });
  try {
    const command = new GetParameterCommand({ Name: name, WithDecryption: true });
    const { Parameter } = await ssm.send(command, { abortSignal: AbortSignal.timeout(timeoutMs) });
    if (!Parameter?.Value) throw new Error("it is empty");
    return Parameter.Value;
  } catch (error) {
    throw new Error(
      `Cannot read the SSM parameter ${name}: ${awsProblem(error, { action: "ssm:GetParameter", resource: name })}`,
    );
  } finally {
    ssm.destroy();
  }
}
