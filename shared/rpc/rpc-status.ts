/** A `google.rpc.Status`, with the two details that OTLP gives a meaning: `RetryInfo` and `BadRequest`. */
export interface RpcStatus {
  /** A gRPC status code (grpc/statuscodes.md). */
  readonly code: number;
  readonly message: string;
  /** `RetryInfo.retry_delay`, in whole milliseconds (rounded up). */
  readonly retryAfterMs?: number;
  /** `BadRequest.field_violations`; `field` is a path. */
  readonly violations?: readonly Violation[];
}

export interface Violation {
  readonly field: string;
  readonly description: string;
}

/** How many violations a status carries or is read for. */
export const maxViolations = 100;
