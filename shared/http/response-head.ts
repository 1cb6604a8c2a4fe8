/** What a client needs to know of an answer before its body. */
export interface ResponseHead {
  readonly status: number;
  /** Lower-case names. What was sent several times is joined with commas, but of what can only be one the first counts. */
  readonly headers: Readonly<Record<string, string>>;
  readonly framing: BodyFraming;
  /** Whether the connection may serve another request. */
  readonly keepsAlive: boolean;
}

/** Where the body of an answer ends (RFC 9112 6.3). */
export type BodyFraming =
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  /** With the connection. */
  | { readonly kind: "close" };

const statusLine = /^HTTP\/1\.(\d) (\d{3})(?: |$)/;
const fieldName = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Fields that have no list of values: the first counts, as in node:http. */
const single: ReadonlySet<string> = new Set([
  "content-type",
  "date",
  "etag",
  "expires",
  "last-modified",
  "location",
  "retry-after",
  "server",
]);

/** Reads the lines of a head without the empty one; a text says what is wrong with it. Bare line feeds are taken, as Go takes them. */
export function readResponseHead(text: string): ResponseHead | string {
  const [first = "", ...lines] = text.split("\n");
  const start = statusLine.exec(withoutReturn(first));
  if (!start) {
    return `malformed HTTP status line ${JSON.stringify(first.slice(0, 60))}`;
  }
  const status = Number(start[2]);
  const headers: Record<string, string> = Object.create(null);
  for (const line of unfolded(lines)) {
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(0, colon)).toLowerCase();
    if (!fieldName.test(name)) {
      return `malformed HTTP header ${JSON.stringify(line.slice(0, 60))}`;
    }
    const value = line.slice(colon + 1).trim();
    const before = headers[name];
    if (name === "content-length" && (!/^\d{1,15}$/.test(value) || (before !== undefined && before !== value))) {
      return `malformed Content-Length ${JSON.stringify(value.slice(0, 40))}`;
    }
    if (before === undefined) {
      headers[name] = value;
    } else if (name !== "content-length" && !single.has(name)) {
      headers[name] = `${before}, ${value}`;
    }
  }
  const { "transfer-encoding": coding, "content-length": length, connection = "" } = headers;
  if (coding !== undefined && coding.toLowerCase() !== "chunked") {
    return `unsupported transfer encoding ${JSON.stringify(coding.slice(0, 40))}`;
  }
  const framing = framingOf(status, { isChunked: coding !== undefined, length });
  const says = connection.toLowerCase().split(",").map(trimmed);
  const isPersistent = start[1] === "0" ? says.includes("keep-alive") : !says.includes("close");
  return {
    status,
    headers,
    framing,
    // A length beside chunks may mean that somebody in between has counted differently.
    keepsAlive: isPersistent && framing.kind !== "close" && (coding === undefined || length === undefined),
  };
}

/** Longer ones are read each time. */
const maxKeptHead = 1024;

/** Reads the heads of one connection: one that is the same as the last, as a server's are for a second (`Date`), is not read again. */
export function createHeadReader(): typeof readResponseHead {
  let lastText: string | undefined;
  let last: ResponseHead | string = "";
  return (text) => {
    if (text === lastText) return last;
    const head = readResponseHead(text);
    if (text.length > maxKeptHead) return head;
    lastText = text;
    last = head;
    return head;
  };
}

function framingOf(
  status: number,
  body: { readonly isChunked: boolean; readonly length: string | undefined },
): BodyFraming {
  if (status < 200 || status === 204 || status === 304) {
    return { kind: "length", bytes: 0 };
  }
  if (body.isChunked) {
    return { kind: "chunked" };
  }
  return body.length === undefined ? { kind: "close" } : { kind: "length", bytes: Number(body.length) };
}

/** Lines of fields, each with those that continue it. */
function unfolded(lines: readonly string[]): readonly string[] {
  const fields: string[] = [];
  for (const each of lines) {
    const line = withoutReturn(each);
    if ((line.startsWith(" ") || line.startsWith("\t")) && fields.length > 0) {
      fields.push(`${fields.pop()} ${line.trim()}`);
    } else {
      fields.push(line);
    }
  }
  return fields;
}

function withoutReturn(line: string): string {
  return line.endsWith("\r") ? line.slice(0, -1) : line;
}

function trimmed(text: string): string {
  return text.trim();
}
