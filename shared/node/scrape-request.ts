import type { Origin } from "./scrape-connection.ts";

/** What is known of a URL. */
export interface Place extends Origin {
  readonly url: string;
  /** Equal for URLs that one connection may serve. */
  readonly key: string;
  /** The first lines of a request: method, path, host. */
  readonly start: string;
  /** `user:password` of the URL, in base64; empty where it has none. */
  readonly credentials: string;
}

/** URLs whose parts are remembered. */
const MAX_PLACES = 10_000;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** A tab, and all of Latin-1 but control characters: node:http takes the same. */
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Takes URLs apart, each once. Throws where one is not of HTTP. */
export function createPlaces(): (url: string) => Place {
  const places = new Map<string, Place>();
  return (url) => {
    let place = places.get(url);
    if (!place) {
      if (places.size >= MAX_PLACES) {
        places.clear();
      }
      place = placeOf(url);
      places.set(url, place);
    }
    return place;
  };
}

/** The head of a GET. Throws where a header is not valid. */
export function requestHead({ start, credentials }: Place, headers: Readonly<Record<string, string>>): string {
  let head = start;
  for (const [name, value] of Object.entries(headers)) {
    if (!NAME.test(name) || !VALUE.test(value)) {
      throw new Error(`invalid value of the header ${JSON.stringify(name)}`);
    }
    head += `${name}: ${value}\r\n`;
  }
  const isAuthorized = credentials === "" || headers.authorization !== undefined;
  return `${head}${isAuthorized ? "" : `authorization: Basic ${credentials}\r\n`}connection: keep-alive\r\n\r\n`;
}

function placeOf(url: string): Place {
  const { protocol, hostname, host, port, pathname, search, username, password } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new Error(`unsupported protocol scheme ${JSON.stringify(protocol.slice(0, -1))}`);
  }
  const isSecure = protocol === "https:";
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url,
    isSecure,
    host: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    key: `${protocol}${host}`,
    start: `GET ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\n`,
    credentials: user === ":" ? "" : Buffer.from(user).toString("base64"),
  };
}
