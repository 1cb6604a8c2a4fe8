/** What a function is told of its invocation, as in Lambda. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

/** A handler as Lambda calls it. */
export type LocalFunction<Event> = (event: Event, context: InvocationContext) => Promise<unknown>;

/** Invokes a function as Lambda does: it knows its time, and later than that is a failure. Rejects when it fails. */
export async function invokeInTime<Event>(
  run: LocalFunction<Event>,
  event: Event,
  { timeoutMs, awsRequestId }: { readonly timeoutMs: number; readonly awsRequestId: string },
): Promise<unknown> {
  const endsAt = performance.now() + timeoutMs;
  const context = {
    awsRequestId,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(endsAt - performance.now())),
  };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`timed out after ${timeoutMs} ms`)), timeoutMs);
  });
  return Promise.race([run(event, context), late]).finally(() => clearTimeout(timer));
}
