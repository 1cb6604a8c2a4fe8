import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import { signals } from "../../../shared/otlp/signals.ts";
import { signalNames } from "../../../shared/signal.ts";
import { itemNames, metricNames } from "../otlp/item-names.ts";

/** A destination for other programs than this one: takes whatever decodes, and remembers the names of the items. */
export interface LenientReceiver {
  readonly url: string;
  readonly names: Set<string>;
  /** The names of the metrics. */
  readonly metrics: Set<string>;
  /** What the header Authorization said. */
  readonly authorizations: Set<string>;
  close(): Promise<void>;
}

/** Starts it on loopback. */
export async function startLenientReceiver(): Promise<LenientReceiver> {
  const names = new Set<string>();
  const metrics = new Set<string>();
  const authorizations = new Set<string>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    authorizations.add(request.headers.authorization ?? "");
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => {
      const wire = Buffer.concat(chunks);
      const body = request.headers["content-encoding"] === "gzip" ? gunzipSync(wire) : wire;
      const signal = signalNames.find((name) => signals[name].path === request.url) ?? "traces";
      for (const name of itemNames(body, signal)) names.add(name);
      if (signal === "metrics") for (const name of metricNames(body)) metrics.add(name);
      response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    names,
    metrics,
    authorizations,
    async close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
