import { request } from "node:http";
import { request as secureRequest } from "node:https";
import type { Socket } from "node:net";
import { proxyAuthorization } from "./proxy.ts";

/** A connection through an HTTP proxy to `host:port` (RFC 9110, CONNECT). Rejects with what the proxy said. */
export function openTunnel(proxyUrl: string, target: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const proxy = URL.parse(proxyUrl);
    if (!proxy || !/^https?:$/.test(proxy.protocol)) return reject(new Error("the proxy is not an HTTP URL"));
    const asking = (proxy.protocol === "https:" ? secureRequest : request)({
      host: proxy.hostname.replace(/^\[|\]$/g, ""),
      port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
      method: "CONNECT",
      path: target,
      headers: { host: target, ...proxyAuthorization(proxy) },
      agent: false,
      signal,
    });
    asking.once("connect", (answer, socket, head) => {
      // A server that speaks first may have spoken already.
      if (head.length > 0) socket.unshift(head);
      if (answer.statusCode === 200) return resolve(socket);
      socket.destroy();
      reject(new Error(`the proxy ${proxy.host} answered ${answer.statusCode} to CONNECT ${target}`));
    });
    asking.once("response", (answer) => {
      answer.resume();
      reject(new Error(`the proxy ${proxy.host} answered ${answer.statusCode} to CONNECT ${target}`));
    });
    asking.once("error", reject);
    asking.end();
  });
}
