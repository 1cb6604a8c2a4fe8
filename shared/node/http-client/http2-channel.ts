import { lookup } from "node:dns/promises";
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2";
import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Tls } from "../../delivery/tls.ts";
import { connectionOptions } from "./connection-options.ts";
import { openTunnel } from "./proxy-tunnel.ts";

export interface ChannelOptions {
  readonly url: URL;
  readonly tls?: Tls | undefined;
  readonly proxyUrl?: string | undefined;
}

interface Address {
  readonly host: string;
  session?: ClientHttp2Session | undefined;
  opening?: Promise<ClientHttp2Session> | undefined;
  failures: number;
  /** Not tried before, monotonic. */
  notBefore: number;
}

const resolveEveryMs = 30_000;
const maxAddresses = 16;
const idleMs = 300_000;
const backoffMs = { initial: 500, max: 30_000 };
const pingMs = 5000;

/**
 * HTTP/2 connections to one origin: one for each address of its name, used in turn. An address that refuses is left alone
 * for a while, longer each time, as long as there is another one.
 */
export class Http2Channel {
  readonly #options: ChannelOptions;
  #addresses: Address[] = [];
  #resolvedAt = Number.NEGATIVE_INFINITY;
  #turn = 0;

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** A session to use now. Rejects where no address can be reached. */
  async session(signal: AbortSignal): Promise<ClientHttp2Session> {
    await this.#resolve();
    const now = performance.now();
    const order = this.#addresses.map((_, index) => this.#addresses[(this.#turn + index) % this.#addresses.length]);
    this.#turn += 1;
    const usable = order.flatMap((address) => (address && address.notBefore <= now ? address : []));
    let failure: unknown = new Error("the name of the destination has no address");
    for (const address of usable.length > 0 ? usable : order.flatMap((address) => address ?? []).slice(0, 1)) {
      try {
        return await this.#open(address, signal);
      } catch (error) {
        failure = error;
        if (signal.aborted) break;
      }
    }
    throw failure;
  }

  /** After a call that was not answered in time: a connection that does not even answer a PING is given up. */
  check(session: ClientHttp2Session): void {
    if (session.destroyed || session.closed) return;
    const timer = setTimeout(() => session.destroy(), pingMs);
    timer.unref();
    session.ping(() => clearTimeout(timer));
  }

  close(): void {
    for (const { session } of this.#addresses) session?.destroy();
    this.#addresses = [];
    this.#resolvedAt = Number.NEGATIVE_INFINITY;
  }

  async #resolve(): Promise<void> {
    const { url, proxyUrl } = this.#options;
    const host = url.hostname.replace(/^\[|\]$/g, "");
    const now = performance.now();
    if (this.#addresses.length > 0 && now - this.#resolvedAt < resolveEveryMs) return;
    // Behind a proxy it is the proxy that resolves the name.
    const isFixed = proxyUrl !== undefined || isIP(host) !== 0;
    const found = isFixed ? [host] : await this.#lookup(host);
    const known = new Map(this.#addresses.map((address) => [address.host, address]));
    for (const address of this.#addresses) if (!found.includes(address.host)) address.session?.close();
    this.#addresses = found.map((name) => known.get(name) ?? { host: name, failures: 0, notBefore: 0 });
    this.#resolvedAt = now;
  }

  /** While the name service fails, the addresses of before are used. */
  async #lookup(host: string): Promise<readonly string[]> {
    try {
      const found = await lookup(host, { all: true });
      return [...new Set(found.map(({ address }) => address))].slice(0, maxAddresses);
    } catch (error) {
      if (this.#addresses.length === 0) throw error;
      return this.#addresses.map((address) => address.host);
    }
  }

  async #open(address: Address, signal: AbortSignal): Promise<ClientHttp2Session> {
    const { session } = address;
    if (session && !session.closed && !session.destroyed) return session;
    address.opening ??= this.#connect(address.host, signal).finally(() => {
      address.opening = undefined;
    });
    try {
      const opened = await address.opening;
      address.session = opened;
      address.failures = 0;
      return opened;
    } catch (error) {
      address.failures += 1;
      const pause = Math.min(backoffMs.max, backoffMs.initial * 2 ** (address.failures - 1));
      address.notBefore = performance.now() + pause;
      throw error;
    }
  }

  async #connect(host: string, signal: AbortSignal): Promise<ClientHttp2Session> {
    const socket = await this.#socket(host, signal);
    return new Promise((resolve, reject) => {
      const session = connectHttp2(this.#options.url.origin, { createConnection: () => socket });
      const abort = () => session.destroy(new Error("gave up connecting"));
      signal.addEventListener("abort", abort, { once: true });
      session.once("connect", () => {
        signal.removeEventListener("abort", abort);
        resolve(session);
      });
      session.on("error", reject);
      session.once("close", () => reject(new Error("the connection was closed")));
      session.on("goaway", () => session.close());
      session.setTimeout(idleMs, () => session.close());
    });
  }

  async #socket(host: string, signal: AbortSignal): Promise<Socket> {
    const { url, tls, proxyUrl } = this.#options;
    const isSecure = url.protocol === "https:";
    const port = Number(url.port) || (isSecure ? 443 : 80);
    const authority = `${url.hostname}:${port}`;
    const tunnel = proxyUrl === undefined ? undefined : await openTunnel(proxyUrl, authority, signal);
    if (!isSecure) return tunnel ?? connectPlain({ host, port });
    const name = url.hostname.replace(/^\[|\]$/g, "");
    return connectTls({
      ...(tunnel ? { socket: tunnel } : { host, port }),
      ...(isIP(name) === 0 && { servername: name }),
      ...connectionOptions(tls),
      ALPNProtocols: ["h2"],
    });
  }
}
