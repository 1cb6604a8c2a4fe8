import { errorText } from "../../shared/error-text.ts";
import { signals } from "../../shared/otlp/signals.ts";
import { type Check, failed, ok, warning } from "./check.ts";

const name = "public api";
const timeoutMs = 10_000;

/** Does the public API ask who it is? A request without a token or a signature must be refused, by ingest or by the API itself. */
export async function checkPublicApi(stage: string, endpoint: string): Promise<Check> {
  const logs = `npx sls logs -f ingest --stage ${stage} --startTime 10m`;
  try {
    const answer = await fetch(`${endpoint}${signals.logs.path}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (answer.status === 401) return ok(name, `${endpoint} asks for a token`);
    if (answer.status === 403) return ok(name, `${endpoint} asks for a signature of AWS`);
    if (answer.status === 429) return warning(name, `${endpoint} is at its limit.`, "Raise publicApiRequestsPerSecond");
    const detail = `${endpoint} answers ${answer.status} to a request without a token.`;
    return failed(name, detail, answer.ok ? `Close it: npx sls deploy --stage ${stage} without publicApi` : logs);
  } catch (error) {
    return failed(name, `${endpoint}: ${errorText(error)}`, logs);
  }
}
