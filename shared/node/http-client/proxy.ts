import { BlockList, isIP } from "node:net";

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

/** What a plain request through a proxy says of who asks: the credentials of its URL (RFC 9110 11.7.1). */
export function proxyAuthorization(proxy: URL): Readonly<Record<string, string>> {
  if (proxy.username === "") return {};
  const credentials = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return { "proxy-authorization": `Basic ${Buffer.from(credentials).toString("base64")}` };
}
