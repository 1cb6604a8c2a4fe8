import { connect } from "node:net";
import type { Destination } from "../../shared/delivery/destination.ts";
import type { Send } from "../../shared/delivery/send.ts";

const timeoutMs = 5000;

/** Sends an export that holds nothing: address, TLS and credentials are right if it is taken. Whatever else is said is no sign of life. */
export async function probeDestination(send: Send, { name, exporter }: Destination): Promise<string | undefined> {
  const [format = "otlp/traces"] = exporter.formats;
  const verdict = await send({ ...exporter.probe(format), destination: name, timeoutMs });
  switch (verdict.kind) {
    case "delivered":
      return undefined;
    case "retry":
      return verdict.reason;
    case "refused":
    case "misconfigured":
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
