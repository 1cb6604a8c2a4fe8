import { type ArgumentsOf, attribute } from "../../../shared/alloy/arguments.ts";
import { list, map } from "../../../shared/alloy/composite-types.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { secret, string } from "../../../shared/alloy/text-types.ts";
import { proxyOf } from "../../../shared/node/http-client/proxy.ts";

/** The arguments of a client that can go through an HTTP proxy; validate with `proxyProblem`. */
export const proxyFields = {
  proxy_url: attribute(string, { help: "HTTP proxy that requests go through." }),
  no_proxy: attribute(string, { help: "Hosts and domains that are reached without it, separated by commas." }),
  proxy_from_environment: attribute(bool, { help: "Use HTTP_PROXY, HTTPS_PROXY and NO_PROXY of the environment." }),
  proxy_connect_header: attribute(map(list(secret)), { unsupported: "put credentials into proxy_url" }),
} as const;

type ProxyArguments = ArgumentsOf<typeof proxyFields>;

/** What is wrong with them, in Prometheus' words; undefined when nothing is. */
export function proxyProblem(args: ProxyArguments): string | undefined {
  const { proxy_url: url, no_proxy: exceptions, proxy_from_environment: fromEnvironment } = args;
  if (exceptions !== "" && url === "" && !fromEnvironment) {
    return "if no_proxy is configured, proxy_url must also be configured";
  }
  if (fromEnvironment && url !== "") {
    return "if proxy_from_environment is configured, proxy_url must not be configured";
  }
  if (fromEnvironment && exceptions !== "") {
    return "if proxy_from_environment is configured, no_proxy must not be configured";
  }
  return url === "" || /^https?:$/.test(URL.parse(url)?.protocol ?? "")
    ? undefined
    : "proxy_url is not an http or https URL";
}

/** The proxy for requests to `url`: none is the empty text, undefined leaves it to the environment. */
export function proxyFor(url: string, args: ProxyArguments): string | undefined {
  if (args.proxy_from_environment) {
    return undefined;
  }
  const given = { http_proxy: args.proxy_url, https_proxy: args.proxy_url, no_proxy: args.no_proxy };
  return proxyOf(new URL(url), given) ?? "";
}
