import { type ResponseHead, readResponseHead } from "./response-head.ts";

/** How far an answer has been read. */
export type ReadState =
  | { readonly kind: "more" }
  /** Head and body are there; `rest` are bytes that nobody asked for. */
  | { readonly kind: "whole"; readonly rest: number }
  /** The body is longer than it may be: `body` is what came of it, or its beginning where the limit is one to cut at. */
  | { readonly kind: "too-large" }
  | { readonly kind: "malformed"; readonly reason: string };

const maxHeadBytes = 32_768;
const maxLineBytes = 4_096;
const maxInterimAnswers = 16;
/** Room for a body that says how long it is, at first; that of others doubles. */
const maxFirstRoom = 4 * 2 ** 20;
const minRoom = 65_536;
const lf = 0x0a;
const cr = 0x0d;
const more: ReadState = { kind: "more" };
const tooLarge: ReadState = { kind: "too-large" };

type Expects = "head" | "body" | "chunk" | "chunk-end" | "trailer" | "nothing";

/** How much of a body is read. */
export interface BodyLimit {
  readonly maxBytes: number;
  /** Whether what is longer is read up to there: otherwise it ends as soon as it is known to be too long. */
  readonly isCut: boolean;
}

/**
 * Reads one answer of HTTP/1.1 out of the chunks of a connection, but not that to a HEAD (RFC 9112). What `read` is given may be overwritten
 * afterwards, unless the answer is whole: then `body` is a view of it where all of it came at once.
 */
export class ResponseReader {
  /** Once it has been read; that of the last answer, not of one with a status below 200. */
  head: ResponseHead | undefined;
  private readonly limit: BodyLimit;
  private readonly readHead: typeof readResponseHead;
  private expects: Expects = "head";
  /** The beginning of a head, or of a line, whose end has not come. */
  private held: Buffer | undefined;
  /** Parts of the body within the chunk that is being read. */
  private views: Buffer[] = [];
  /** What came of the body in the chunks before. */
  private gathered: Buffer | undefined;
  private gatheredBytes = 0;
  private bytes = 0;
  /** Bytes that are still to come of the body or of the chunk. */
  private left = 0;
  private interim = 0;

  constructor(limit: BodyLimit, readHead = readResponseHead) {
    this.limit = limit;
    this.readHead = readHead;
  }

  /** The body, decoded from its chunks; until the next read where all of it came at once. */
  get body(): Buffer {
    const [only] = this.views;
    return this.gatheredBytes === 0 && this.views.length === 1 && only ? this.cut(only) : this.lastingBody();
  }

  /** The body in memory of its own. */
  lastingBody(): Buffer {
    if (this.gatheredBytes === 0) {
      return this.cut(Buffer.concat(this.views));
    }
    this.gather();
    return this.cut(this.gathered?.subarray(0, this.gatheredBytes) ?? Buffer.alloc(0));
  }

  read(given: Buffer): ReadState {
    const chunk = this.held ? Buffer.concat([this.held, given]) : given;
    this.held = undefined;
    const state = this.advance(chunk);
    if (state.kind === "more") {
      this.gather();
    }
    return state;
  }

  /** The connection has ended in good order. */
  end(): ReadState {
    const isWhole = this.expects === "body" && this.head?.framing.kind === "close";
    return isWhole ? { kind: "whole", rest: 0 } : { kind: "malformed", reason: "unexpected EOF" };
  }

  private advance(chunk: Buffer): ReadState {
    let at = 0;
    while (this.expects !== "nothing") {
      if (this.expects === "body") {
        at = this.takeBody(chunk, at);
      } else {
        const end = this.expects === "head" ? headEnd(chunk, at) : chunk.indexOf(lf, at) + 1;
        if (end <= 0) {
          return this.hold(chunk, at);
        }
        const problem = this.expects === "head" ? this.takeHead(chunk, at, end) : this.takeLine(chunk, at, end);
        if (problem !== undefined) {
          return { kind: "malformed", reason: problem };
        }
        at = end;
      }
      if (this.isTooLarge()) {
        return tooLarge;
      }
      if (at >= chunk.length && (this.expects as Expects) !== "nothing") {
        return more;
      }
    }
    return { kind: "whole", rest: chunk.length - at };
  }

  private cut(body: Buffer): Buffer {
    return body.length > this.limit.maxBytes ? body.subarray(0, this.limit.maxBytes) : body;
  }

  private hold(chunk: Buffer, at: number): ReadState {
    const max = this.expects === "head" ? maxHeadBytes : maxLineBytes;
    if (chunk.length - at > max) {
      return { kind: "malformed", reason: `the ${this.expects} of the answer is longer than ${max} bytes` };
    }
    this.held = Buffer.from(chunk.subarray(at));
    return more;
  }

  private takeHead(chunk: Buffer, at: number, end: number): string | undefined {
    const head = end - at > maxHeadBytes ? "the head of the answer is too long" : this.readHead(textOf(chunk, at, end));
    if (typeof head === "string") {
      return head;
    }
    if (head.status < 200 && head.status !== 101) {
      this.interim++;
      return this.interim > maxInterimAnswers ? "too many 1xx informational responses" : undefined;
    }
    this.head = head;
    const { framing } = head;
    this.left = framing.kind === "length" ? framing.bytes : Number.POSITIVE_INFINITY;
    this.expects = framing.kind === "chunked" ? "chunk" : this.left === 0 ? "nothing" : "body";
    return undefined;
  }

  private takeBody(chunk: Buffer, at: number): number {
    const end = Math.min(chunk.length, at + this.left);
    if (end > at) {
      this.views.push(chunk.subarray(at, end));
      this.bytes += end - at;
      this.left -= end - at;
    }
    if (this.left === 0) {
      this.expects = this.head?.framing.kind === "chunked" ? "chunk-end" : "nothing";
    }
    return end;
  }

  /** Copies what would be overwritten. */
  private gather(): void {
    if (this.views.length === 0) {
      return;
    }
    const { framing } = this.head ?? {};
    const before = this.gathered;
    if (!before || before.length < this.bytes) {
      const announced = framing?.kind === "length" ? Math.min(framing.bytes, maxFirstRoom) : minRoom;
      this.gathered = Buffer.allocUnsafeSlow(Math.max(announced, this.bytes, 2 * (before?.length ?? 0)));
      before?.copy(this.gathered, 0, 0, this.gatheredBytes);
    }
    for (const view of this.views) {
      view.copy(this.gathered as Buffer, this.gatheredBytes);
      this.gatheredBytes += view.length;
    }
    this.views = [];
  }

  /** A line between chunks, or of the trailer. */
  private takeLine(chunk: Buffer, at: number, end: number): string | undefined {
    const isEmpty = end - at === 1 || (end - at === 2 && chunk[at] === cr);
    if (this.expects === "chunk-end") {
      this.expects = "chunk";
      return isEmpty ? undefined : "malformed chunked encoding";
    }
    if (this.expects === "trailer") {
      this.expects = isEmpty ? "nothing" : "trailer";
      return undefined;
    }
    const [size = ""] = textOf(chunk, at, end).split(";", 1);
    if (!/^[0-9a-fA-F]{1,12}[ \t]*\s*$/.test(size)) {
      return `invalid chunk length ${JSON.stringify(size.slice(0, 40))}`;
    }
    this.left = Number.parseInt(size, 16);
    this.expects = this.left === 0 ? "trailer" : "body";
    return undefined;
  }

  private isTooLarge(): boolean {
    const { maxBytes, isCut } = this.limit;
    if (this.expects !== "body" || isCut || this.head?.status !== 200 || this.head.framing.kind === "close") {
      return this.bytes > maxBytes;
    }
    return this.bytes + this.left > maxBytes;
  }
}

/** Behind the empty line that ends a head; 0 where there is none. */
function headEnd(chunk: Buffer, from: number): number {
  for (let at = chunk.indexOf(lf, from); at >= 0; at = chunk.indexOf(lf, at + 1)) {
    const next = chunk[at + 1] === cr ? at + 2 : at + 1;
    if (chunk[next] === lf) {
      return next + 1;
    }
  }
  return 0;
}

function textOf(chunk: Buffer, start: number, end: number): string {
  let last = end;
  while (last > start && (chunk[last - 1] === lf || chunk[last - 1] === cr)) {
    last--;
  }
  return chunk.toString("latin1", start, last);
}
