import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { DecodedBy } from "../../../../shared/alloy/arguments.ts";
import { errorText } from "../../../../shared/error-text.ts";
import { syslogFrames } from "../../../../shared/node/syslog-frames.ts";
import { authoritiesIn } from "../../../../shared/node/tls.ts";
import type { tlsConfig } from "../../blocks/http-client.ts";

/** Where to listen and how. */
export interface SyslogListenerOptions {
  readonly address: string;
  readonly protocol: string;
  readonly idleTimeoutMs: number;
  readonly maxMessageBytes: number;
  readonly tls: DecodedBy<typeof tlsConfig> | undefined;
  /** Takes a message; a connection is read on when this resolves. */
  readonly onMessage: (text: string, address: string) => Promise<void>;
  readonly onProblem: (message: string) => void;
}

export interface SyslogListener {
  readonly port: number;
  close(): Promise<void>;
}

/** Messages of a connection that are on their way at a time: a sender that is faster waits. */
const maxUnderWay = 1_000;

/** Listens for syslog over TCP, TLS or UDP. Rejects with the system's error. */
export function listenForSyslog(options: SyslogListenerOptions): Promise<SyslogListener> {
  return options.protocol === "udp" ? listenUdp(options) : listenTcp(options);
}

async function listenTcp(options: SyslogListenerOptions): Promise<SyslogListener> {
  const { tls, address } = options;
  const sockets = new Set<Socket>();
  const handle = (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    void serve(socket, options);
  };
  const server: Server = tls ? createTlsServer(materialOf(tls), handle) : createServer(handle);
  const { host, port } = hostPort(address);
  server.listen(port, host);
  await once(server, "listening");
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound ? bound.port : port,
    async close() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Reads a connection to its end; what goes wrong ends it alone. */
async function serve(socket: Socket, options: SyslogListenerOptions): Promise<void> {
  const { idleTimeoutMs, maxMessageBytes, onMessage, onProblem } = options;
  const peer = socket.remoteAddress ?? "";
  socket.setTimeout(idleTimeoutMs, () => socket.destroy());
  socket.on("error", () => {});
  const underWay = new Set<Promise<void>>();
  try {
    for await (const text of syslogFrames(socket, maxMessageBytes)) {
      const taking = onMessage(text, peer).finally(() => underWay.delete(taking));
      underWay.add(taking);
      if (underWay.size >= maxUnderWay) await Promise.race(underWay);
    }
  } catch (error) {
    const message = errorText(error);
    if ((error as NodeJS.ErrnoException).code === undefined) onProblem(`${peer}: ${message}`);
  } finally {
    socket.destroy();
  }
}

async function listenUdp({
  address,
  maxMessageBytes,
  onMessage,
  onProblem,
}: SyslogListenerOptions): Promise<SyslogListener> {
  const { host, port } = hostPort(address);
  const socket = createSocket(host.includes(":") ? "udp6" : "udp4");
  let underWay = 0;
  socket.on("message", (bytes, { address: peer }) => {
    if (bytes.length > maxMessageBytes) return onProblem(`${peer}: a message is longer than ${maxMessageBytes} bytes`);
    if (underWay >= maxUnderWay) return onProblem("messages come faster than they can be made durable: some are lost");
    underWay += 1;
    void onMessage(bytes.toString("utf8").replace(/[\r\n]+$/, ""), peer).finally(() => {
      underWay -= 1;
    });
  });
  socket.bind(port, host);
  await once(socket, "listening");
  return {
    port: socket.address().port,
    async close() {
      const closed = once(socket, "close");
      socket.close();
      await closed;
    },
  };
}

function hostPort(address: string): { host: string; port: number } {
  const colon = address.lastIndexOf(":");
  const host = address.slice(0, colon).replace(/^\[|\]$/g, "");
  return { host: host || "0.0.0.0", port: Number(address.slice(colon + 1)) };
}

function materialOf(tls: DecodedBy<typeof tlsConfig>) {
  const pem = (text: string, file: string) => (text === "" && file !== "" ? readFileSync(file, "utf8") : text);
  const ca =
    tls.ca_pem !== "" || tls.ca_file !== ""
      ? authoritiesIn(pem(tls.ca_pem, tls.ca_file), `ca_file: ${tls.ca_file || "ca_pem"}`)
      : "";
  return {
    cert: pem(tls.cert_pem, tls.cert_file),
    key: pem(tls.key_pem?.reveal() ?? "", tls.key_file),
    ...(ca !== "" && { ca, requestCert: true, rejectUnauthorized: true }),
  };
}
