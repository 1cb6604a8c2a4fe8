import type { ConnectionOptions } from "node:tls";
import type { ExportRequest } from "../../delivery/transport.ts";
import { type Place, placeOf } from "../../http/request-head.ts";
import { connectionKey, connectionOptions } from "./connection-options.ts";
import type { Route } from "./http-sockets.ts";
import { proxyAuthorization, proxyOf } from "./proxy.ts";

/** How a URL is reached: the same for all requests with the same settings. */
export interface Way {
  readonly place: Place;
  readonly route: Route;
  /** Whether a proxy is asked, and as whom. */
  readonly isProxied: boolean;
  readonly proxyHeaders: Readonly<Record<string, string>>;
}

export interface WaysOptions {
  /** PEM certificates to trust instead of the well-known ones. */
  readonly ca?: string | readonly string[];
  /** Where HTTPS_PROXY, HTTP_PROXY and NO_PROXY are looked up; default none. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

interface Known extends Way {
  readonly tls: ExportRequest["tls"];
  readonly proxyUrl: ExportRequest["proxyUrl"];
}

/** URLs whose way is remembered, and settings of TLS whose options are. */
const maxKnown = 1024;

/** Finds the way of a request, each once; undefined where its URL, or that of its proxy, is not one of HTTP. */
export function createWays({ ca, env = {} }: WaysOptions): (request: ExportRequest) => Way | undefined {
  const trusted = ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] };
  const ways = new Map<string, Known>();
  const secured = new Map<string, ConnectionOptions>();

  return (request) => {
    const { url, tls, proxyUrl } = request;
    const known = ways.get(url);
    if (known && known.tls === tls && known.proxyUrl === proxyUrl) return known;
    try {
      const way = find(request);
      put(ways, url, { ...way, tls, proxyUrl });
      return way;
    } catch {
      return undefined;
    }
  };

  function find({ url: text, tls, proxyUrl }: ExportRequest): Way {
    const place = placeOf(text);
    const via = proxyUrl ?? proxyOf(new URL(text), env);
    const key = `${place.origin} ${via} `;
    if (place.isSecure) {
      const options = securedBy(tls);
      const route = { ...place, key: key + connectionKey(tls), tls: options, ...(via && { tunnelUrl: via }) };
      return { place, route, isProxied: false, proxyHeaders: {} };
    }
    if (!via) return { place, route: { ...place, key }, isProxied: false, proxyHeaders: {} };
    const route = { ...placeOf(via), key };
    return { place, route, isProxied: true, proxyHeaders: proxyAuthorization(new URL(via)) };
  }

  /** One object for settings that say the same: what is read of certificates is kept by it. */
  function securedBy(tls: ExportRequest["tls"]): ConnectionOptions {
    const key = connectionKey(tls);
    const options = secured.get(key) ?? { ...trusted, ...connectionOptions(tls) };
    put(secured, key, options);
    return options;
  }
}

/** Forgets the oldest where there are too many. */
function put<Value>(known: Map<string, Value>, key: string, value: Value): void {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > maxKnown && oldest !== undefined) known.delete(oldest);
}
