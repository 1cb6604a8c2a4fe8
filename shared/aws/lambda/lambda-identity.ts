import type { AwsIdentity } from "../aws-json.ts";

/**
 * The identity of a function: Lambda hands region and credentials over in the environment, always. The trace goes with each call, by which
 * Lambda finds functions that call themselves in a circle.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export function lambdaIdentity(env: Readonly<Record<string, string | undefined>>): AwsIdentity {
  return {
    region() {
      const region = env.AWS_REGION || env.AWS_DEFAULT_REGION;
      if (!region) throw new Error("Region is missing");
      return region;
    },
    credentials() {
      const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN } = env;
      if (!accessKeyId || !secretAccessKey) {
        throw new Error("No AWS credentials in the environment: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.");
      }
      return { accessKeyId, secretAccessKey, ...(AWS_SESSION_TOKEN && { sessionToken: AWS_SESSION_TOKEN }) };
    },
    headers() {
      const { _X_AMZN_TRACE_ID: trace } = env;
      return trace ? { "x-amzn-trace-id": trace } : {};
    },
  };
}
