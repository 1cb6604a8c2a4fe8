import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A line that a container has written. */
export interface DockerLine {
  readonly time: string;
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

/** The parts of the Docker API that logs need, for one container. */
export interface FakeDocker {
  readonly url: string;
  write(...lines: readonly DockerLine[]): void;
  /** The container stops: logs that are followed end. */
  stop(): void;
  start(): void;
  /** The container is removed. */
  remove(): void;
  /** Breaks the connections of those who follow. */
  drop(): void;
  /** Values of `since` that were asked for. */
  readonly since: readonly number[];
  close(): Promise<void>;
}

export async function startFakeDocker(id: string, { tty = false } = {}): Promise<FakeDocker> {
  const log: DockerLine[] = [];
  const since: number[] = [];
  const followers = new Set<ServerResponse>();
  let isRunning = true;
  let isRemoved = false;
  let starts = 1;

  function frame({ time, stream, text }: DockerLine): Buffer {
    const payload = Buffer.from(`${time} ${text}\n`);
    if (tty) return payload;
    const header = Buffer.alloc(8);
    header[0] = stream === "stderr" ? 2 : 1;
    header.writeUInt32BE(payload.length, 4);
    return Buffer.concat([header, payload]);
  }

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://docker");
    if (isRemoved || !url.pathname.startsWith(`/containers/${id}/`)) {
      response.writeHead(404).end('{"message":"No such container"}');
    } else if (url.pathname.endsWith("/json")) {
      const StartedAt = new Date(starts * 1000).toISOString();
      response.end(JSON.stringify({ Id: id, Config: { Tty: tty }, State: { Running: isRunning, StartedAt } }));
    } else {
      const from = Number(url.searchParams.get("since"));
      since.push(from);
      response.writeHead(200);
      for (const line of log) if (Date.parse(line.time) >= from * 1000) response.write(frame(line));
      if (!isRunning) response.end();
      else followers.add(response);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  function endAll(how: (response: ServerResponse) => void): void {
    for (const follower of followers) how(follower);
    followers.clear();
  }

  return {
    url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`,
    since,
    write(...lines) {
      log.push(...lines);
      for (const follower of followers) for (const line of lines) follower.write(frame(line));
    },
    stop() {
      isRunning = false;
      endAll((response) => response.end());
    },
    start() {
      isRunning = true;
      starts += 1;
    },
    remove() {
      isRemoved = true;
      endAll((response) => response.end());
    },
    drop: () => endAll((response) => response.destroy()),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
