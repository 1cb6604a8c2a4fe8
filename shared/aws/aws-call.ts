/** What ends a call of AWS early. */
export interface CallOptions {
  readonly abortSignal?: AbortSignal;
}

/** What AWS answered, without what the SDK says about the call. */
export type Answer<Output> = Omit<Output, "$metadata">;

/** A refusal of AWS, or a call without an answer: `name` is AWS's code, as it is in the SDK's errors. */
export class AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode?: number };

  constructor(name: string, message: string, status?: number) {
    super(message);
    this.name = name;
    this.$metadata = status === undefined ? {} : { httpStatusCode: status };
  }
}

/** The code of a call that had no answer. */
export const noAnswer = "NoAnswer";
