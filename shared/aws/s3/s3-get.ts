import type { IncomingMessage, Agent as PlainAgent } from "node:http";
import { request as plainRequest } from "node:http";
import { Agent, request as secureRequest } from "node:https";
import { type AwsCredentials, encodeStrictly, signedHeaders } from "../sigv4.ts";

/** One object, or a version of it, from a byte on; with `about` and no key, what a bucket is configured to do. */
export interface S3Get {
  readonly bucket: string;
  readonly about?: "notification" | "logging";
  readonly key: string;
  readonly region: string;
  readonly versionId?: string;
  /** Only while it is this object: anything else is answered with 412. */
  readonly etag?: string;
  /** First byte that is wanted. */
  readonly from: number;
}

export interface S3GetOptions {
  readonly credentials: () => AwsCredentials;
  readonly now: () => number;
  /** Where S3 is in a region: `https://s3.eu-west-1.amazonaws.com`. */
  readonly endpointOf: (region: string) => string;
  /** Whether buckets stand in the path, as where S3 is not AWS. */
  readonly pathStyle?: boolean;
  /** Most time without a byte, milliseconds. */
  readonly idleMs: number;
}

/** SHA-256 of nothing. */
const emptyHash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Asks S3 for objects (API reference, GetObject): resolves with the answer, its body unread; rejects where there is none. */
export function createS3Get(options: S3GetOptions): (get: S3Get, abort: AbortSignal) => Promise<IncomingMessage> {
  const { credentials, now, idleMs } = options;
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });

  return async function s3Get(get, abort) {
    const { region, versionId, etag, from, about } = get;
    const { protocol, hostname, port, host, path } = addressOf(get, options);
    const asked = versionId === undefined ? about : `versionId=${encodeStrictly(versionId)}`;
    const query = about === undefined ? (asked ?? "") : `${about}=`;
    const headers = signedHeaders(
      { method: "GET", host, path, query, headers: { "x-amz-content-sha256": emptyHash }, bodyHash: emptyHash },
      { region, service: "s3", credentials: credentials(), now: now() },
    );
    const isSecure = protocol === "https:";
    const send = isSecure ? secureRequest : plainRequest;
    return new Promise<IncomingMessage>((resolve, reject) => {
      const request = send({
        hostname,
        port,
        method: "GET",
        path: asked === undefined ? path : `${path}?${asked}`,
        headers: {
          ...headers,
          host,
          "accept-encoding": "identity",
          ...(from > 0 && { range: `bytes=${from}-` }),
          ...(etag !== undefined && { "if-match": etag.startsWith('"') ? etag : `"${etag}"` }),
        },
        ...(isSecure && { agent: agent as PlainAgent }),
        signal: abort,
      });
      request.setTimeout(idleMs, () => request.destroy(new Error(`S3 sent nothing for ${idleMs} ms`)));
      request.on("response", resolve);
      request.on("error", reject);
      request.end();
    });
  };
}

/**
 * The bucket stands in the host's name, as S3 wants it, unless it has a dot, which no certificate covers, or S3 is not AWS. The path is never
 * parsed as a URL: that would take `..` in a key away.
 */
function addressOf({ bucket, key, region }: S3Get, { endpointOf, pathStyle = false }: S3GetOptions) {
  const { protocol, hostname, port, host } = new URL(endpointOf(region));
  const path = key.split("/").map(encodeStrictly).join("/");
  if (pathStyle || bucket.includes(".")) {
    return { protocol, hostname, port, host, path: `/${encodeStrictly(bucket)}/${path}` };
  }
  return { protocol, hostname: `${bucket}.${hostname}`, port, host: `${bucket}.${host}`, path: `/${path}` };
}
