import { connect, isIP, type OnReadOpts, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectSecurely, createSecureContext, type SecureContext } from "node:tls";

/** Where a connection leads. */
export interface Route {
  /** Equal for requests that one connection may serve. It may hold secrets: never log it. */
  readonly key: string;
  readonly isSecure: boolean;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Whose options say how it is secured; the same object for all that share them. */
  readonly tls?: ConnectionOptions | undefined;
  /** An HTTP proxy that opens a tunnel to it. */
  readonly tunnelUrl?: string | undefined;
}

export interface OpenSocketOptions {
  /** Given what has come: it may be overwritten afterwards. */
  readonly onData: (chunk: Buffer) => void;
  /** A connection to use: a tunnel through a proxy. */
  readonly through?: Socket | undefined;
}

const readBytes = 65_536;
/** One for all: what it holds is looked at before the next read, and copied where it must stay. */
const readBuffer = Buffer.allocUnsafeSlow(readBytes);
const keepAliveMs = 15_000;
const maxSessions = 256;
const noOptions: ConnectionOptions = {};

/**
 * Opens sockets, to all addresses of a name in turn (RFC 8305) as Node does it. Over TLS the certificates are read once for all
 * connections, and a session is resumed by the next one: that saves the server a signature and both a round trip's work.
 * `connectTimeoutMs` bounds the time for a connection to open, TLS beside; a socket that needs longer ends with ETIMEDOUT.
 */
export function createSocketOpener(connectTimeoutMs?: number): (route: Route, options: OpenSocketOptions) => Socket {
  const contexts = new WeakMap<ConnectionOptions, SecureContext>();
  const sessions = new Map<string, Buffer>();

  return (route, options) => {
    const socket = route.isSecure ? secured(route, options) : plain(route, options);
    if (connectTimeoutMs !== undefined && socket.connecting) {
      limitConnecting(socket, connectTimeoutMs);
    }
    return socket;
  };

  function secured({ key, hostname, port, tls = noOptions }: Route, { onData, through }: OpenSocketOptions): Socket {
    let secureContext = contexts.get(tls);
    if (!secureContext) {
      secureContext = createSecureContext(tls);
      contexts.set(tls, secureContext);
    }
    const session = sessions.get(key);
    const socket = connectSecurely({
      ...(isIP(hostname) === 0 && { servername: hostname }),
      ALPNProtocols: ["http/1.1"],
      ...tls,
      ...how(hostname, port, onData),
      ...(through && { socket: through }),
      ...(session && { session }),
      secureContext,
    });
    if (through) {
      // Node reads into no buffer of ours where TLS lies over another socket.
      socket.on("data", onData);
    }
    socket.on("session", (next: Buffer) => remember(key, next));
    socket.once("error", () => sessions.delete(key));
    return socket;
  }

  function remember(key: string, session: Buffer): void {
    sessions.delete(key);
    sessions.set(key, session);
    const [oldest] = sessions.keys();
    if (sessions.size > maxSessions && oldest !== undefined) {
      sessions.delete(oldest);
    }
  }
}

function plain({ hostname, port }: Route, { onData }: OpenSocketOptions): Socket {
  return connect(how(hostname, port, onData));
}

function how(host: string, port: number, onData: OpenSocketOptions["onData"]) {
  const onread: OnReadOpts = {
    buffer: readBuffer,
    callback(bytes) {
      onData(readBuffer.subarray(0, bytes));
      return true;
    },
  };
  return { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveMs, onread };
}

function limitConnecting(socket: Socket, timeoutMs: number): void {
  const late = () =>
    socket.destroy(Object.assign(new Error(`no connection within ${timeoutMs} ms`), { code: "ETIMEDOUT" }));
  const timer = setTimeout(late, timeoutMs);
  const stop = () => clearTimeout(timer);
  socket.once("connect", stop);
  socket.once("close", stop);
}
