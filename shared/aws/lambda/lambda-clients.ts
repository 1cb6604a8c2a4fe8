import type { Clock, Random } from "../../clock.ts";
import { createHttpTransport } from "../../node/http-client/http-transport.ts";
import { configuredEndpoint, serviceEndpoint } from "../service-endpoint.ts";
import { createSignedSqs, type SignedSqsOptions } from "../sqs/signed-sqs.ts";
import type { Sqs } from "../sqs/sqs.ts";
import { createSignedSsm } from "../ssm/signed-ssm.ts";
import type { Ssm } from "../ssm/ssm.ts";
import { lambdaIdentity } from "./lambda-identity.ts";

export interface LambdaClientsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly random: Random;
}

export interface LambdaClients {
  readonly ssm: Ssm;
  sqs(options?: Pick<SignedSqsOptions, "maxAttempts">): Sqs;
  /** Closes idle connections. */
  close(): void;
}

/** The largest batch of messages, and what JSON adds to it. */
const maxAnswerBytes = 16 * 2 ** 20;
const maxSockets = 50;
const connectTimeoutMs = 1_000;

/** What a function calls AWS with: one pool of connections, the identity that Lambda gives. */
export function createLambdaClients({ env, clock, random }: LambdaClientsOptions): LambdaClients {
  const transport = createHttpTransport({ maxSockets, maxAnswerBytes, connectTimeoutMs, env });
  const identity = lambdaIdentity(env);
  const all = { identity, transport, clock, random };
  return {
    ssm: createSignedSsm({ ...all, endpoint: () => serviceEndpoint("ssm", identity.region(), env) }),
    sqs: (options = {}) => createSignedSqs({ ...all, endpoint: configuredEndpoint("sqs", env), ...options }),
    close: transport.close,
  };
}
