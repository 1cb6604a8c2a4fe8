import type { Transport } from "../delivery/transport.ts";
import { serviceEndpoint } from "./service-endpoint.ts";
import { type AwsCredentials, signRequest } from "./sigv4.ts";

/** Keys that end; milliseconds since the epoch. */
export interface TemporaryCredentials extends AwsCredentials {
  readonly expiresAt: number;
}

export interface AssumeRoleOptions {
  readonly roleArn: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  readonly transport: Transport;
  readonly now: number;
}

const timeoutMs = 10_000;

/** Keys of a role (STS API, AssumeRole, version 2011-06-15). Rejects with what STS said, in words for a person. */
export async function assumeRole(options: AssumeRoleOptions): Promise<TemporaryCredentials> {
  const { roleArn, region, credentials, transport, now } = options;
  const form = new URLSearchParams({
    Action: "AssumeRole",
    Version: "2011-06-15",
    RoleArn: roleArn,
    RoleSessionName: "sluice",
  });
  const unsigned = {
    url: `${serviceEndpoint("sts", region, {})}/`,
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/xml" },
    body: Buffer.from(form.toString()),
  };
  const request = signRequest(unsigned, { region, service: "sts", credentials, now });
  const answer = await transport.post(request, { timeoutMs });
  if (answer.kind === "failed") throw new Error(`sts:AssumeRole of ${roleArn} failed: ${answer.reason}`);
  const text = Buffer.from(answer.body).toString();
  const element = (name: string) => new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1];
  const accessKeyId = element("AccessKeyId");
  const secretAccessKey = element("SecretAccessKey");
  const expiresAt = Date.parse(element("Expiration") ?? "");
  if (answer.status !== 200 || !accessKeyId || !secretAccessKey || Number.isNaN(expiresAt)) {
    const message = element("Message") ?? `HTTP ${answer.status}`;
    throw new Error(`sts:AssumeRole of ${roleArn} failed: ${message}`);
  }
  return { accessKeyId, secretAccessKey, sessionToken: element("SessionToken"), expiresAt };
}
