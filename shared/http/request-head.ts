/** What is known of a URL. */
export interface Place {
  readonly url: string;
  readonly isSecure: boolean;
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** As in the Host header: without the port that the scheme has anyway. */
  readonly host: string;
  /** Scheme and host: equal for URLs that one connection may serve. */
  readonly origin: string;
  /** Path and query. */
  readonly target: string;
  /** `user:password` of the URL, in base64; empty where it has none. */
  readonly credentials: string;
}

export interface RequestLine {
  readonly method: "GET" | "POST";
  readonly place: Place;
  /** Whether a proxy is asked, which wants the whole URL. */
  readonly isProxied?: boolean;
  /** Of the body; absent where there is none. */
  readonly bodyBytes?: number;
}

/** URLs whose parts are remembered. */
const maxPlaces = 10_000;
const validName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** A tab, and all of Latin-1 but control characters: node:http takes the same. */
const validValue = /^[\t\x20-\x7e\x80-\xff]*$/;
/** What says where a message ends and whether the connection goes on is the client's. */
const own: ReadonlySet<string> = new Set(["connection", "content-length", "transfer-encoding"]);

/** A header that HTTP does not allow. */
export class InvalidHeader extends Error {
  readonly code = "ERR_INVALID_CHAR";
}

/** Takes URLs apart, each once. Throws where one is not of HTTP. */
export function createPlaces(): (url: string) => Place {
  const places = new Map<string, Place>();
  return (url) => {
    let place = places.get(url);
    if (!place) {
      if (places.size >= maxPlaces) {
        places.clear();
      }
      place = placeOf(url);
      places.set(url, place);
    }
    return place;
  };
}

/** The head of a request (RFC 9112 3). Names of `headers` are lower-case. Throws `InvalidHeader`. */
export function requestHead(line: RequestLine, headers: Readonly<Record<string, string>>): string {
  const { method, place, isProxied = false, bodyBytes } = line;
  const { host = place.host, ...others } = headers;
  let head = `${method} ${isProxied ? place.origin : ""}${place.target} HTTP/1.1\r\n${field("host", host)}`;
  for (const [name, value] of Object.entries(others)) {
    if (!own.has(name)) {
      head += field(name, value);
    }
  }
  if (place.credentials !== "" && headers.authorization === undefined) {
    head += `authorization: Basic ${place.credentials}\r\n`;
  }
  const length = bodyBytes === undefined ? "" : `content-length: ${bodyBytes}\r\n`;
  return `${head}${length}connection: keep-alive\r\n\r\n`;
}

function field(name: string, value: string): string {
  if (!validName.test(name) || !validValue.test(value)) {
    throw new InvalidHeader(`invalid value of the header ${JSON.stringify(name)}`);
  }
  return `${name}: ${value}\r\n`;
}

/** Takes a URL apart. Throws where it is not one of HTTP. */
export function placeOf(url: string): Place {
  const { protocol, hostname, host, port, pathname, search, username, password } = new URL(url);
  if (protocol !== "http:" && protocol !== "https:") {
    throw new Error(`unsupported protocol scheme ${JSON.stringify(protocol.slice(0, -1))}`);
  }
  const isSecure = protocol === "https:";
  const user = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return {
    url,
    isSecure,
    hostname: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: port === "" ? (isSecure ? 443 : 80) : Number(port),
    host,
    origin: `${protocol}//${host}`,
    target: `${pathname}${search}`,
    credentials: user === ":" ? "" : Buffer.from(user).toString("base64"),
  };
}
