import { request } from "node:http";
import { request as secureRequest } from "node:https";
import { BlockList, isIP, type Socket } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that the environment names for a URL: HTTPS_PROXY or HTTP_PROXY, unless NO_PROXY excepts its host (curl's
 * rules: a list of hosts, domains, with or without a leading dot, addresses and networks such as 10.0.0.0/8, with a port or
 * without; `*` is all). Lower-case names win.
 */
export function proxyOf(url: URL, env: Environment): string | undefined {
  const variable = url.protocol === "https:" ? "https_proxy" : "http_proxy";
  const proxy = env[variable] ?? env[variable.toUpperCase()];
  if (!proxy?.trim()) return undefined;
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  const exceptions = (env.no_proxy ?? env.NO_PROXY ?? "").split(/[\s,]+/).filter((entry) => entry !== "");
  if (exceptions.some((entry) => isExcepted(url.hostname, port, entry))) return undefined;
  return proxy.includes("://") ? proxy.trim() : `http://${proxy.trim()}`;
}

function isExcepted(host: string, port: string, entry: string): boolean {
  if (entry === "*") return true;
  if (entry.includes("/")) return isInNetwork(host, entry);
  if (isIP(entry) === 6) return host === URL.parse(`http://[${entry}]`)?.hostname;
  const [, name = "", onlyPort] = /^(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
  if (onlyPort !== undefined && onlyPort !== port) return false;
  const domain = name.replace(/^\*?\./, "");
  return domain !== "" && (host.toLowerCase() === domain || host.toLowerCase().endsWith(`.${domain}`));
}

function isInNetwork(host: string, network: string): boolean {
  const address = host.replace(/^\[|\]$/g, "");
  const [base = "", bits = ""] = network.split("/");
  const version = isIP(base);
  const mask = Number(bits);
  if (version === 0 || isIP(address) !== version || !/^\d{1,3}$/.test(bits) || mask > (version === 4 ? 32 : 128))
    return false;
  const type = version === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(base, mask, type);
  return list.check(address, type);
}

/** A connection through an HTTP proxy to `host:port` (RFC 9110, CONNECT). Rejects with what the proxy said. */
export function openTunnel(proxyUrl: string, target: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const proxy = URL.parse(proxyUrl);
    if (!proxy || !/^https?:$/.test(proxy.protocol)) return reject(new Error("the proxy is not an HTTP URL"));
    const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
    const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
    const asking = (proxy.protocol === "https:" ? secureRequest : request)({
      host: proxy.hostname.replace(/^\[|\]$/g, ""),
      port: proxy.port || (proxy.protocol === "https:" ? 443 : 80),
      method: "CONNECT",
      path: target,
      headers: { host: target, ...(proxy.username !== "" && { "proxy-authorization": authorization }) },
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
