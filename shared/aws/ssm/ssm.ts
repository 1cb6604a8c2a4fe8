import type {
  GetParametersByPathCommandInput,
  GetParametersByPathCommandOutput,
  PutParameterCommandInput,
  PutParameterCommandOutput,
} from "@aws-sdk/client-ssm";
import type { Answer, CallOptions } from "../aws-call.ts";

/** The operations of Parameter Store that settings need, in the SDK's shapes; failures are those of `Sqs`. */
export interface Ssm {
  getParametersByPath(
    input: GetParametersByPathCommandInput,
    options?: CallOptions,
  ): Promise<Answer<GetParametersByPathCommandOutput>>;
  putParameter(input: PutParameterCommandInput, options?: CallOptions): Promise<Answer<PutParameterCommandOutput>>;
}
