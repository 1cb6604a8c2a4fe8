import { grafanaCloudOf } from "../../shared/config/destinations.ts";
import type { Config } from "../../shared/config/resolve.ts";
import { classify } from "../../shared/delivery/classify.ts";
import { type Destination, exportHeaders, exportUrl } from "../../shared/delivery/destination.ts";
import { createHttpTransport } from "../../shared/node/http-transport.ts";
import { type Signal, signals } from "../../shared/otlp/signals.ts";
import { userAgent } from "../../shared/user-agent.ts";
import { type Check, failed, ok, skipped, warning } from "./check.ts";

/** Does the destination take these credentials? Asked with an export request that holds nothing, for each signal. */
export async function checkDestination(stage: string, config: Config | undefined): Promise<readonly Check[]> {
  const destination = config && grafanaCloudOf(config);
  if (!destination) return [skipped("destination", "not configured")];
  const transport = createHttpTransport();
  const check = async (signal: Signal): Promise<Check> => {
    const request = {
      url: exportUrl(destination.endpoint, signal),
      headers: exportHeaders(destination, "identity", userAgent),
      body: new Uint8Array(),
    };
    const answer = await transport.post(request, { timeoutMs: 10_000 });
    const name = `destination: ${signal.name}`;
    if (answer.kind === "failed") return failed(name, answer.reason, fixOf(0, { signal, stage, destination }));
    const verdict = classify(answer, signal, Date.now());
    switch (verdict.kind) {
      case "delivered":
        return ok(name, `${destination.endpoint} takes them`);
      case "refused":
        return ok(name, `the credentials are accepted (an empty request is not: ${verdict.message})`);
      case "retry":
        return warning(name, verdict.reason, `Try again later: sluice doctor --stage ${stage}`);
      case "misconfigured":
        return failed(name, verdict.message, fixOf(verdict.status, { signal, stage, destination }));
    }
  };
  try {
    return await Promise.all(Object.values(signals).map(check));
  } finally {
    transport.close();
  }
}

function fixOf(
  status: number,
  at: { readonly signal: Signal; readonly stage: string; readonly destination: Destination },
): string {
  const { signal, stage, destination } = at;
  const put = (name: string) => `sluice config put grafana-cloud/${name} --stage ${stage}`;
  if (status === 401) {
    return `The token or the instance ID (${destination.instanceId}) is wrong: ${put("api-key")}, or ${put("instance-id")}`;
  }
  if (status === 403) return `Give the token's access policy the scope ${signal.name}:write, or: ${put("api-key")}`;
  return `If ${destination.endpoint} is not the address: ${put("endpoint")}`;
}
