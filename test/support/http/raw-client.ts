import { connect, type Socket } from "node:net";

/** A client that says exactly what it is told, for what no HTTP library would send. */
export interface RawClient {
  readonly socket: Socket;
  send(text: string | Uint8Array): void;
  /** Everything received, as soon as it matches or the connection is closed. */
  until(pattern: RegExp): Promise<string>;
  /** Everything received once the server has closed. */
  closed(): Promise<string>;
}

/** Connects to `port` on loopback. */
export async function rawClient(port: number): Promise<RawClient> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  let received = "";
  let ended = false;
  const watchers = new Set<() => void>();
  const wake = () => {
    for (const watcher of watchers) watcher();
  };
  socket.on("data", (chunk: Buffer) => {
    received += chunk.toString("latin1");
    wake();
  });
  const end = () => {
    ended = true;
    socket.end();
    wake();
  };
  socket.on("end", end).on("close", end).on("error", end);
  await new Promise((resolve) => socket.once("connect", resolve));
  const when = (reached: () => boolean) =>
    new Promise<string>((resolve) => {
      const watcher = () => {
        if (!reached() && !ended) return;
        watchers.delete(watcher);
        resolve(received);
      };
      watchers.add(watcher);
      watcher();
    });
  return {
    socket,
    send: (text) => void socket.write(text),
    until: (pattern) => when(() => pattern.test(received)),
    closed: () => when(() => ended),
  };
}
