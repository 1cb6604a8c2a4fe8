import type { Attribute } from "../../otlp/write-attribute.ts";
import type { LogTime } from "../log-record.ts";
import { LogRequestWriter } from "../log-request.ts";
import { type OpenReader, readerOf } from "./line-reader.ts";
import type { ObjectNotice, Position } from "./notice.ts";
import { kindOfKey, originOfKey } from "./object-kind.ts";
import type { Piece } from "./splitter.ts";

/** An export request of the lines of an object between two positions. */
export interface ObjectRequest {
  /** `ExportLogsServiceRequest`; empty where there is no line to send. */
  readonly bytes: Uint8Array;
  readonly items: number;
  /** Lines that are not of the object's format, and are sent as they are. */
  readonly unrecognised: number;
  readonly from: Position;
  readonly to: Position;
  /** Lines that were too large to be read, by their places. */
  readonly tooLarge: readonly Position[];
}

export interface ObjectRequestsOptions {
  /** About how large a request becomes, in bytes. */
  readonly maxRequestBytes: number;
  /** Most bytes of a line, or of a record of CloudTrail. */
  readonly maxLineBytes: number;
  readonly now: () => number;
}

/** Lines that are too large are told of before there are many. */
const maxTooLarge = 10;

/** Makes requests of an object's uncompressed bytes as they come, from the notice's position on. Holds one request at most. */
export function createObjectRequests(notice: ObjectNotice, options: ObjectRequestsOptions): ObjectRequests {
  return new ObjectRequests(notice, options);
}

/** See `createObjectRequests`. */
export class ObjectRequests {
  private readonly options: ObjectRequestsOptions;
  private readonly reader: OpenReader;
  private readonly writer: LogRequestWriter;
  private readonly kind: string;
  private readonly until: number;
  private from: Position;
  private unrecognised = 0;
  private tooLarge: Position[] = [];
  /** Behind the last line that was read. */
  private offset: number;
  /** Whether all was read that the notice asks for. */
  isDone = false;

  constructor(notice: ObjectNotice, options: ObjectRequestsOptions) {
    const { position = { offset: 0 } } = notice;
    const kind = kindOfKey(notice.key);
    this.options = options;
    this.kind = kind;
    this.reader = readerOf(kind, { offset: position.offset, maxBytes: options.maxLineBytes }, position.header);
    this.writer = new LogRequestWriter({ resource: resourceOf(notice), scope: `aws.${kind}` });
    this.until = position.until ?? Number.POSITIVE_INFINITY;
    this.from = position;
    this.offset = position.offset;
  }

  /** The requests that are full with these bytes. */
  push(chunk: Uint8Array): readonly ObjectRequest[] {
    return this.take(this.reader.splitter.push(chunk));
  }

  /** What is left once the object has ended, and a problem where it ended in the middle. */
  end(): { readonly requests: readonly ObjectRequest[]; readonly problem?: string } {
    const { pieces, problem } = this.reader.splitter.end();
    const requests = [...this.take(pieces), ...this.cut()];
    return problem === undefined ? { requests } : { requests, problem };
  }

  /** The request that is open, whatever its size: none where nothing was read since the last one. */
  cut(): readonly ObjectRequest[] {
    const { writer, from, unrecognised, tooLarge } = this;
    if (this.offset === from.offset) return [];
    const to = this.positionAt(this.offset);
    const { items } = writer;
    this.from = to;
    this.tooLarge = [];
    this.unrecognised = 0;
    return [{ bytes: writer.finish(), items, unrecognised, from, to, tooLarge }];
  }

  private take(pieces: readonly Piece[]): readonly ObjectRequest[] {
    const requests: ObjectRequest[] = [];
    const observed = { ms: Math.floor(this.options.now()) };
    for (const piece of pieces) {
      if (piece.start >= this.until) this.isDone = true;
      if (this.isDone) break;
      if (piece.kind === "text") this.add(piece.text, observed);
      else this.tooLarge.push({ ...this.positionAt(piece.start), until: piece.end });
      this.offset = piece.end;
      if (this.writer.size >= this.options.maxRequestBytes || this.tooLarge.length >= maxTooLarge)
        requests.push(...this.cut());
    }
    return requests;
  }

  private add(text: string, observed: LogTime): void {
    if (text === "") return;
    const read = this.reader.lines.read(text);
    if (read.kind === "header") return;
    const { body = text, ...line } = read.kind === "recognised" ? read.line : this.rawLine();
    this.writer.add({ ...line, body, observed });
  }

  private rawLine() {
    this.unrecognised += 1;
    return {
      body: undefined,
      attributes: [{ name: "sluice.unrecognised", value: `not a line of the format ${this.kind}` }],
    };
  }

  private positionAt(offset: number): Position {
    const header = this.reader.lines.header();
    const { until } = this;
    return { offset, ...(until < Number.POSITIVE_INFINITY && { until }), ...(header !== undefined && { header }) };
  }
}

function resourceOf({ bucket, key, region }: ObjectNotice): readonly Attribute[] {
  const origin = originOfKey(key);
  return [
    { name: "cloud.provider", value: "aws" },
    ...(origin.accountId === undefined ? [] : [{ name: "cloud.account.id", value: origin.accountId }]),
    { name: "cloud.region", value: origin.region ?? region },
    { name: "aws.s3.bucket", value: bucket },
    { name: "aws.s3.key", value: key },
  ];
}
