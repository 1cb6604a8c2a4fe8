import type { AgentOptions } from "node:https";

/** Milliseconds. */
export interface RequestLimits {
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
}

/** How a client of AWS's SDK makes its requests. */
export interface RequestHandlerOptions extends RequestLimits {
  readonly throwOnRequestTimeout: true;
  readonly httpAgent?: AgentOptions;
  readonly httpsAgent?: AgentOptions;
}

/** Of commands, for which somebody waits. */
export const commandLimits: RequestLimits = { connectionTimeout: 3_000, requestTimeout: 60_000 };

const proxyVariables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/**
 * Limits in time, and the proxy that the environment names: the SDK looks at neither. HTTPS_PROXY, HTTP_PROXY and NO_PROXY mean what they mean
 * to Node's agents (`proxyEnv`).
 */
export function requestHandlerOf(
  limits: RequestLimits,
  env: Readonly<Record<string, string | undefined>> = process.env,
): RequestHandlerOptions {
  const isProxied = proxyVariables.some((name) => env[name]?.trim());
  const agent = { keepAlive: true, maxSockets: 50, proxyEnv: { ...env } };
  return { ...limits, throwOnRequestTimeout: true, ...(isProxied && { httpAgent: agent, httpsAgent: agent }) };
}
