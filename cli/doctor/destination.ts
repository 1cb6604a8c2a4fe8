import type { FormatName } from "../../shared/batch/formats.ts";
import { grafanaCloudOf } from "../../shared/config/destinations.ts";
import type { Config } from "../../shared/config/resolve.ts";
import { authorizeAtHand } from "../../shared/delivery/auth.ts";
import type { Destination } from "../../shared/delivery/destination.ts";
import { exportRequest } from "../../shared/delivery/send.ts";
import { createHttpTransport } from "../../shared/node/http-client/http-transport.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { userAgent } from "../../shared/user-agent.ts";
import { type Check, failed, ok, skipped } from "./check.ts";

/** Does the destination take these credentials? Asked with an export request that holds nothing, for each signal. */
export async function checkDestination(stage: string, config: Config | undefined): Promise<readonly Check[]> {
  const destination = config && grafanaCloudOf(config);
  if (!destination) return [skipped("destination", "not configured")];
  const transport = createHttpTransport();
  const { exporter, auth } = destination;
  const check = async (format: FormatName): Promise<Check> => {
    const signal = signalOf(format);
    const name = `destination: ${signal}`;
    const request = exportRequest(destination, exporter.probe(format), userAgent);
    const authorized = await authorizeAtHand(request, auth);
    const answer =
      authorized.kind === "failed" ? authorized : await transport.post(authorized.request, { timeoutMs: 10_000 });
    if (answer.kind === "failed") return failed(name, answer.reason, fixOf(0, { signal, stage, destination }));
    const verdict = exporter.classify(answer, { format, now: clock.now() });
    switch (verdict.kind) {
      case "delivered":
        return ok(name, `${destination.endpoint} takes them`);
      case "refused":
        return failed(
          name,
          verdict.message,
          `An empty request should be taken. ${fixOf(0, { signal, stage, destination })}`,
        );
      case "retry":
        return failed(name, verdict.reason, `It cannot take data now. Try again: sluice doctor --stage ${stage}`);
      case "misconfigured":
        return failed(name, verdict.message, fixOf(verdict.status, { signal, stage, destination }));
    }
  };
  try {
    return await Promise.all(exporter.formats.map(check));
  } finally {
    transport.close();
  }
}

function fixOf(
  status: number,
  at: { readonly signal: string; readonly stage: string; readonly destination: Destination },
): string {
  const { signal, stage, destination } = at;
  const put = (name: string) => `sluice config put grafana-cloud/${name} --stage ${stage}`;
  if (status === 401) {
    return `The token or the instance ID (${usernameOf(destination)}) is wrong: ${put("api-key")}, or ${put("instance-id")}`;
  }
  if (status === 403) return `Give the token's access policy the scope ${signal}:write, or: ${put("api-key")}`;
  return `If ${destination.endpoint} is not the address: ${put("endpoint")}`;
}

function usernameOf({ auth }: Destination): string {
  return auth.kind === "basic" ? auth.username : auth.kind;
}

function signalOf(format: FormatName): string {
  return format.slice(format.indexOf("/") + 1);
}
