import { readFileSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";

/** The part of a kubelet that an API server asks for logs, with the logs in memory. */
export interface Kubelet {
  readonly port: number;
  /** Paths and queries of what was asked. */
  readonly requests: readonly string[];
  /** A container writes a line, at a time of its own. */
  write(container: string, line: string, timeUnixMs?: number): void;
  /** What was written so far cannot be had any more: the container was started again, or its log rotated away. */
  forget(container: string): void;
  /** Ends the answers that follow a container; `hard` breaks the connection. */
  cut(container: string, hard?: boolean): void;
  close(): Promise<void>;
}

interface Log {
  readonly lines: { readonly timeUnixMs: number; readonly text: string }[];
  readonly followers: Set<ServerResponse>;
}

const tls = new URL("../../fixtures/tls/", import.meta.url);

/** Starts a kubelet on loopback; `container` is `namespace/pod/container`. */
export async function startKubelet(): Promise<Kubelet> {
  const logs = new Map<string, Log>();
  const requests: string[] = [];
  const logOf = (container: string): Log => {
    const log = logs.get(container) ?? { lines: [], followers: new Set() };
    logs.set(container, log);
    return log;
  };
  const material = { key: readFileSync(new URL("server.key", tls)), cert: readFileSync(new URL("server.pem", tls)) };
  const server = createServer(material, (request, response) => {
    requests.push(request.url ?? "");
    const { pathname, searchParams } = new URL(request.url ?? "", "https://kubelet");
    const [, kind, ...rest] = pathname.split("/");
    if (kind !== "containerLogs") return void response.writeHead(404).end();
    const log = logOf(rest.join("/"));
    const since = Date.parse(searchParams.get("sinceTime") ?? "1970-01-01T00:00:00Z");
    response.writeHead(200, { "content-type": "text/plain" });
    response.flushHeaders();
    for (const line of log.lines) if (line.timeUnixMs >= since) response.write(lineText(line));
    if (searchParams.get("follow") !== "true") return void response.end();
    log.followers.add(response);
    response.once("close", () => log.followers.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  return {
    port: (server.address() as AddressInfo).port,
    requests,
    write(container, text, timeUnixMs = Date.now()) {
      const log = logOf(container);
      log.lines.push({ timeUnixMs, text });
      for (const each of log.followers) each.write(lineText({ timeUnixMs, text }));
    },
    forget(container) {
      logOf(container).lines.length = 0;
    },
    cut(container, hard = false) {
      const { followers } = logOf(container);
      for (const each of followers) {
        if (hard) each.destroy();
        else each.end();
      }
      followers.clear();
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function lineText({ timeUnixMs, text }: Log["lines"][number]): string {
  return `${new Date(timeUnixMs).toISOString().replace("Z", "000000Z")} ${text}\n`;
}
