import { createHash, createHmac } from "node:crypto";
import type { ExportRequest } from "../delivery/transport.ts";

/** Keys of an AWS identity. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
}

export interface SigningOptions {
  readonly region: string;
  /** As AWS names it in signatures: `aps`, `monitoring`, `logs`, `xray`. */
  readonly service: string;
  readonly credentials: AwsCredentials;
  /** Milliseconds since the epoch; AWS accepts five minutes of skew. */
  readonly now: number;
}

const algorithm = "AWS4-HMAC-SHA256";

/**
 * The request with a Signature Version 4 over its method, URL, body, host and the headers of `x-amz-` (AWS Identity and Access
 * Management guide, "Create a signed AWS API request"). Other headers may change on the way.
 */
export function signRequest(request: ExportRequest, options: SigningOptions): ExportRequest {
  const url = new URL(request.url);
  const headers = signedHeaders(
    {
      method: "POST",
      host: url.host,
      path: canonicalPath(url.pathname),
      query: canonicalQuery(url.searchParams),
      headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => name.startsWith("x-amz-"))),
      bodyHash: sha256(request.body),
    },
    options,
  );
  return { ...request, headers: { ...request.headers, ...headers } };
}

/** What a signature is over. */
export interface SignedParts {
  readonly method: "GET" | "POST";
  readonly host: string;
  /** As the service wants it in the signature: S3 as it is sent, all others encoded once more. */
  readonly path: string;
  /** Names in their order, encoded. */
  readonly query: string;
  /** More of them, lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** In hexadecimal. */
  readonly bodyHash: string;
}

/** The headers that make a request signed, those of `parts` among them. */
export function signedHeaders(parts: SignedParts, options: SigningOptions): Readonly<Record<string, string>> {
  const { region, service, credentials, now } = options;
  const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, "");
  const scope = `${time.slice(0, 8)}/${region}/${service}/aws4_request`;
  const { sessionToken } = credentials;
  const added = {
    ...parts.headers,
    "x-amz-date": time,
    ...(sessionToken !== undefined && { "x-amz-security-token": sessionToken }),
  };
  const signed = Object.entries({ host: parts.host, ...added }).sort(byName);
  const names = signed.map(([name]) => name).join(";");
  const canonical = [
    parts.method,
    parts.path,
    parts.query,
    ...signed.map(([name, value]) => `${name}:${value.trim().replace(/\s+/g, " ")}`),
    "",
    names,
    parts.bodyHash,
  ].join("\n");
  const text = [algorithm, time, scope, sha256(canonical)].join("\n");
  const signature = hmac(signingKey(options, time.slice(0, 8)), text).toString("hex");
  const authorization = `${algorithm} Credential=${credentials.accessKeyId}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
  return { ...added, authorization };
}

function signingKey({ credentials, region, service }: SigningOptions, date: string): Buffer {
  return [region, service, "aws4_request"].reduce<Buffer>(
    (key, part) => hmac(key, part),
    hmac(`AWS4${credentials.secretAccessKey}`, date),
  );
}

/** Encoded once more than it is sent, as all services but S3 want it. */
function canonicalPath(path: string): string {
  return path === "" ? "/" : path.split("/").map(encodeStrictly).join("/");
}

function canonicalQuery(parameters: URLSearchParams): string {
  const pairs = [...parameters].map(([name, value]): [string, string] => [encodeStrictly(name), encodeStrictly(value)]);
  return pairs
    .sort((one, other) => byName(one, other) || (one[1] < other[1] ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** RFC 3986: everything but the unreserved characters. */
export function encodeStrictly(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : one > other ? 1 : 0;
}

function sha256(data: Uint8Array | string): string {
  return createHash("sha256").update(data).digest("hex");
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
