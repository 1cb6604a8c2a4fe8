import type { Clock } from "../clock.ts";
import type { Auth, Authorized } from "../delivery/auth.ts";
import type { ExportRequest, Transport } from "../delivery/transport.ts";
import { errorText } from "../error-text.ts";
import { assumeRole, type TemporaryCredentials } from "./assume-role.ts";
import { type AwsCredentials, signRequest } from "./sigv4.ts";

/** The auth of a destination that is AWS's own. */
export type SigV4Auth = Extract<Auth, { readonly kind: "sigv4" }>;

export interface SigV4Options {
  readonly clock: Pick<Clock, "now">;
  /** For roles that are to be assumed. */
  readonly transport: Transport;
  /** The identity of this process; default the SDK's chain: environment, profile, container, instance. */
  readonly ambient?: () => Promise<AwsCredentials>;
}

/** Temporary keys are fetched again when they have less than this left. */
const renewBeforeMs = 300_000;
/** Roles whose keys are kept. */
const maxRoles = 64;

/** Signs requests for AWS with keys of the destination, of a role, or of this process. Never rejects. */
export function createSigV4Authorize(
  options: SigV4Options,
): (request: ExportRequest, auth: SigV4Auth) => Promise<Authorized> {
  const { clock, transport } = options;
  const ambient = options.ambient ?? openChain();
  const roles = new Map<string, Role>();

  return async function authorize(request, auth) {
    const { region, service } = auth;
    try {
      const credentials = await credentialsFor(auth);
      return { kind: "authorized", request: signRequest(request, { region, service, credentials, now: clock.now() }) };
    } catch (error) {
      const message = errorText(error);
      return { kind: "failed", reason: `no AWS credentials: ${message}`.slice(0, 300), permanent: false };
    }
  };

  async function credentialsFor(auth: SigV4Auth): Promise<AwsCredentials> {
    const { roleArn, region, accessKeyId = "" } = auth;
    if (roleArn === undefined) return own(auth);
    const key = `${roleArn} ${region} ${accessKeyId}`;
    if (roles.size >= maxRoles && !roles.has(key)) roles.clear();
    const role = roles.get(key) ?? {};
    roles.set(key, role);
    if (role.known && role.known.expiresAt - clock.now() > renewBeforeMs) return role.known;
    // Whoever asks meanwhile waits for the same answer.
    role.asking ??= assume(roleArn, auth).finally(() => {
      role.asking = undefined;
    });
    role.known = await role.asking;
    return role.known;
  }

  async function assume(roleArn: string, auth: SigV4Auth): Promise<TemporaryCredentials> {
    const { region } = auth;
    return assumeRole({ roleArn, region, credentials: await own(auth), transport, now: clock.now() });
  }

  async function own({ accessKeyId, secretAccessKey }: SigV4Auth): Promise<AwsCredentials> {
    if (accessKeyId === undefined || secretAccessKey === undefined) return ambient();
    return { accessKeyId, secretAccessKey: secretAccessKey.reveal() };
  }
}

/** The SDK's chain keeps what it has found, and finds it again before it expires. Loaded when it is asked. */
function openChain(): () => Promise<AwsCredentials> {
  let chain: Promise<() => Promise<AwsCredentials>> | undefined;
  return async () => {
    chain ??= import("@aws-sdk/credential-provider-node").then(({ defaultProvider }) => defaultProvider());
    return (await chain)();
  };
}

interface Role {
  known?: TemporaryCredentials;
  asking?: Promise<TemporaryCredentials> | undefined;
}
