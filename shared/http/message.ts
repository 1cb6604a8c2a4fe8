/** An HTTP request as the pure code sees it, whoever carried it (ALB event, function URL, a socket). */
export interface HttpRequest {
  readonly method: string;
  /** Path without the query, as sent (not URL-decoded). */
  readonly path: string;
  /** Lower-case names; a header that came on several lines as `combineHeader` (headers.ts) makes it one. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** The ARN of whom AWS has let in by IAM, where a carrier tells. */
  readonly principal?: string;
  /** Address of the client, where the carrier knows it. */
  readonly clientAddress?: string;
}

/** The answer to it. Content-Length and hop-by-hop headers are the carrier's business. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Sent behind `body`, piece by piece, until it ends or the client goes away. Only servers of sockets carry it. */
  readonly chunks?: AsyncIterable<Uint8Array>;
}
