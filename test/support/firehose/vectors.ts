import { readFileSync } from "node:fs";

/** A case of `test/fixtures/aws-firehose.json`: a request, and the essentials of what becomes of it. */
export interface FirehoseVector {
  readonly name: string;
  readonly input: {
    readonly config: { readonly access_key?: string };
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body_utf8?: string;
    readonly body_base64?: string;
    readonly body_generator?: { readonly what: string; readonly n: number };
    readonly lambda_event?: unknown;
  };
  readonly outcome: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const url = new URL("../../fixtures/aws-firehose.json", import.meta.url);

/** The cases, written from AWS's documentation. */
export const firehoseVectors: readonly FirehoseVector[] = JSON.parse(readFileSync(url, "utf8")).cases;

/** The records of a case's body, decoded. */
export function recordsOf(name: string): readonly Uint8Array[] {
  const vector = firehoseVectors.find((candidate) => candidate.name === name);
  const { records } = JSON.parse(vector?.input.body_utf8 ?? '{"records":[]}') as { records: { data: string }[] };
  return records.map(({ data }) => Buffer.from(data, "base64"));
}
