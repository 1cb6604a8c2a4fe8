/**
 * Why `origin` can never be what a browser sends in its Origin header (Fetch standard, "serializing a request origin"), as
 * the end of "it must …"; undefined where it can. `*` stands for any origin, `*.` at the start of the host for any host below.
 */
export function problemOfOrigin(origin: string): string | undefined {
  if (origin === "*") return undefined;
  const shown = JSON.stringify(origin.slice(0, 100));
  if (/[\s;|]/.test(origin)) return `separate origins with commas, which ${shown} does not`;
  const [, scheme, rest = ""] = /^([a-z][a-z0-9+.-]*):\/\/(.*)$/i.exec(origin) ?? [];
  if (scheme === undefined) return `name origins with their scheme: https://${origin}, not ${shown}`;
  if (/[/?#]/.test(rest)) return `name origins without a path or a slash at the end, which ${shown} has`;
  if (rest === "") return `name a host, which ${shown} does not`;
  if (origin !== origin.toLowerCase()) return `name origins in lower case: ${origin.toLowerCase()}, not ${shown}`;
  const port = /:(\d+)$/.exec(rest)?.[1];
  if (port !== undefined && port === defaultPorts[scheme]) {
    return `leave out the default port, as browsers do: ${origin.slice(0, -port.length - 1)}, not ${shown}`;
  }
  if (rest.split("*").length > 2) return `have one * at most in each origin, and ${shown} has more`;
  return rest.includes("*") || defaultPorts[scheme] === undefined ? undefined : problemOfUrl(origin, shown);
}

/** User names, capital or foreign letters, IPv6 addresses in full: what browsers write in another way. */
function problemOfUrl(origin: string, shown: string): string | undefined {
  const url = URL.parse(origin);
  if (!url) return `name a host and a port that can be, which ${shown} does not`;
  return url.origin === origin ? undefined : `be written as browsers write it: ${url.origin}, not ${shown}`;
}

const defaultPorts: Readonly<Record<string, string>> = { http: "80", https: "443" };
