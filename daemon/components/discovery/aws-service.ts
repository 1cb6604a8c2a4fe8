import { serviceEndpoint } from "../../../shared/aws/service-endpoint.ts";
import { createSigV4Authorize, type SigV4Auth } from "../../../shared/aws/sigv4-authorize.ts";
import type { Clock } from "../../../shared/clock.ts";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import type { Secret } from "../../../shared/secret.ts";

/** Where a service of AWS is asked, and as whom: keys, a role, or the identity of this process. */
export interface AwsAccess {
  readonly region: string;
  readonly endpoint: string;
  readonly access_key: string;
  readonly secret_key: Secret | undefined;
  readonly role_arn: string;
}

/** A service of AWS that is asked for targets. */
export interface AwsService {
  readonly region: string;
  /** One signed call. Throws a sentence when there is no answer; an answer may have any status. */
  post(
    headers: Readonly<Record<string, string>>,
    body: string,
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: Uint8Array }>;
  close(): void;
}

/** Pages of one listing that are asked for. */
export const maxPages = 1000;

const timeoutMs = 30_000;
const maxAnswerBytes = 32 * 1024 * 1024;

/** Opens `service` (`ec2`, `ecs`) for a discovery component. */
export function openAwsService(service: string, given: AwsAccess, clock: Clock): AwsService {
  const transport = createHttpTransport({ maxAnswerBytes });
  const authorize = createSigV4Authorize({ clock, transport });
  const region = regionOf(given.region);
  const url = given.endpoint === "" ? `${serviceEndpoint(service, region, process.env)}/` : given.endpoint;
  const auth: SigV4Auth = {
    kind: "sigv4",
    region,
    service,
    ...(given.access_key !== "" && { accessKeyId: given.access_key }),
    ...(given.secret_key && { secretAccessKey: given.secret_key }),
    ...(given.role_arn !== "" && { roleArn: given.role_arn }),
  };

  return {
    region,
    async post(headers, body, signal) {
      const authorized = await authorize({ url, headers, body: new TextEncoder().encode(body) }, auth);
      if (authorized.kind === "failed") throw new Error(authorized.reason);
      const answer = await transport.post(authorized.request, { timeoutMs, abort: signal });
      if (answer.kind === "failed") throw new Error(answer.reason);
      return answer;
    },
    close: () => transport.close(),
  };
}

/** The region that was given, or that of the environment; empty where there is none. */
export function regionOf(region: string): string {
  return region || process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "";
}

/** What AWS answered in place of a result. */
export class AwsCallError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}

/** Whether the role may not ask that; anything else may pass. */
export function isDenied(error: unknown): boolean {
  return error instanceof AwsCallError && /^(?:AccessDenied|Unauthorized)/.test(error.code);
}
