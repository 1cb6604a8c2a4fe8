import { randomUUID } from "node:crypto";
import type { Config } from "../../shared/config/resolve.ts";
import { errorText } from "../../shared/error-text.ts";
import { type Check, failed, ok, warning } from "./check.ts";

const name = "firehose";
const timeoutMs = 10_000;

/** Does the endpoint for Firehose have an access key, refuse whoever has none, and take a request with it? One without records stores nothing. */
export async function checkFirehose(
  stage: string,
  url: string,
  accessKeys: Config["firehoseAccessKeys"],
): Promise<Check> {
  const put = `npx sluice config put firehose/access-keys --stage ${stage} (docs/aws-sources.md, "The access key")`;
  const logs = `npx sls logs -f firehose --stage ${stage} --startTime 10m`;
  if (accessKeys === undefined) return failed(name, "No access key is set: the endpoint refuses every stream.", put);
  const [key] = accessKeys;
  if (key === undefined) return warning(name, `${url} takes whatever anybody sends: the access keys are none.`, put);
  try {
    const stranger = await deliver(url, undefined);
    if (stranger !== 401) return failed(name, `${url} answers ${stranger} to a request without an access key.`, logs);
    const known = await deliver(url, key.reveal());
    if (known === 200) return ok(name, `${url} takes requests with the access key and no others`);
    if (known === 401)
      return failed(
        name,
        `${url} does not know the access key of the settings.`,
        "Wait for refresh-interval, and ask again",
      );
    return failed(name, `${url} answers ${known} to a request with its access key.`, logs);
  } catch (error) {
    return failed(name, `${url}: ${errorText(error)}`, logs);
  }
}

async function deliver(url: string, key: string | undefined): Promise<number> {
  const requestId = randomUUID();
  const answer = await fetch(url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      "x-amz-firehose-protocol-version": "1.0",
      "x-amz-firehose-request-id": requestId,
      ...(key !== undefined && { "x-amz-firehose-access-key": key }),
    },
    body: JSON.stringify({ requestId, timestamp: Date.now(), records: [] }),
    signal: AbortSignal.timeout(timeoutMs),
  });
  await answer.arrayBuffer();
  return answer.status;
}
