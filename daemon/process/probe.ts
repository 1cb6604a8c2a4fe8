import { connect } from "node:net";
import type { Destination } from "../../shared/delivery/destination.ts";
import type { Send } from "../../shared/delivery/send.ts";
import type { Emit } from "../../shared/telemetry/events/events.ts";

const timeoutMs = 5000;

/** Sends an export that holds nothing: address, TLS and credentials are right if it is taken. Any other answer does not prove that it works. */
export async function probeDestination(
  { name, exporter }: Destination,
  { send, emit }: { readonly send: Send; readonly emit: Emit },
): Promise<string | undefined> {
  const [format = "otlp/traces"] = exporter.formats;
  const verdict = await send({ ...exporter.probe(format), destination: name, timeoutMs });
  switch (verdict.kind) {
    case "delivered":
      return undefined;
    case "retry":
      return verdict.reason;
    case "refused":
      return verdict.message;
    case "misconfigured":
      // At the start, before any request: a wrong key is reported by its name, not as an outage when data is waiting already.
      emit("destination.misconfigured", { destination: name, status: verdict.status, message: verdict.message });
      return verdict.message;
  }
}

/** Connects to where the queue is. A message would be delivered and a look at the queue needs a permission of its own. */
export function probeQueue(queueUrl: string): Promise<string | undefined> {
  // As the SDK does: the address in the URL wins over an endpoint of the environment.
  const url = new URL(queueUrl);
  const port = Number(url.port) || (url.protocol === "http:" ? 80 : 443);
  return new Promise((resolve) => {
    const socket = connect({ host: url.hostname, port, timeout: timeoutMs });
    const end = (problem: string | undefined) => {
      socket.destroy();
      resolve(problem);
    };
    socket.once("connect", () => end(undefined));
    socket.once("timeout", () => end(`${url.host} does not answer`));
    socket.once("error", (error) => end(error.message || `${url.host} cannot be reached`));
  });
}
