import { GetParametersByPathCommand, PutParameterCommand, SSMClient, type SSMClientConfig } from "@aws-sdk/client-ssm";
import { requestHandlerOf } from "../request-handler.ts";
import type { Ssm } from "./ssm.ts";

/** Parameter Store through the SDK, as the environment names it: AWS_REGION, AWS_PROFILE, AWS_ENDPOINT_URL. */
export function createSsmClient(config: SSMClientConfig = {}): Ssm {
  const requestHandler = requestHandlerOf({ connectionTimeout: 2_000, requestTimeout: 5_000 });
  const sdk = new SSMClient({ requestHandler, ...config });
  return {
    getParametersByPath: (input, call = {}) => sdk.send(new GetParametersByPathCommand(input), call),
    putParameter: (input, call = {}) => sdk.send(new PutParameterCommand(input), call),
  };
}
