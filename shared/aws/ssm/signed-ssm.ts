import type { Answer, CallOptions } from "../aws-call.ts";
import { type AwsJsonOptions, createAwsJson } from "../aws-json.ts";
import type { Ssm } from "./ssm.ts";

export interface SignedSsmOptions extends Pick<AwsJsonOptions, "identity" | "transport" | "clock" | "random"> {
  /** `https://host`, without a path. Throws where it is not known. */
  endpoint(): string;
}

const timeoutMs = 5_000;
/** Whoever reads settings has pauses of its own. */
const throttledPauseMs = 100;

/** Parameter Store without the SDK. */
export function createSignedSsm({ endpoint, ...options }: SignedSsmOptions): Ssm {
  const send = createAwsJson({ ...options, throttledPauseMs, service: "ssm", target: "AmazonSSM", version: "1.1" });

  /** AWS answers in the shapes that it documents, which are the SDK's. */
  async function call<Output>(operation: string, input: object, given?: CallOptions): Promise<Answer<Output>> {
    return (await send({ operation, url: `${endpoint()}/`, input, timeoutMs, ...given })) as Answer<Output>;
  }

  return {
    getParametersByPath: (input, given) => call("GetParametersByPath", input, given),
    putParameter: (input, given) => call("PutParameter", input, given),
  };
}
