import { recogniseAlb } from "../lines/alb.ts";
import { recogniseClb } from "../lines/clb.ts";
import { cloudfrontFields, createCloudfront } from "../lines/cloudfront.ts";
import { recogniseCloudtrail } from "../lines/cloudtrail.ts";
import { recogniseConfigItem } from "../lines/config-item.ts";
import { parseLine } from "../lines/json-fields.ts";
import { recogniseJson } from "../lines/json-line.ts";
import type { Recognise, RecognisedLine } from "../lines/line-format.ts";
import { recogniseNlb } from "../lines/nlb.ts";
import { recognisePlainText } from "../lines/plain-text.ts";
import { recogniseS3Access } from "../lines/s3-access.ts";
import { createVpcFlow } from "../lines/vpc-flow.ts";
import { recogniseWaf } from "../lines/waf.ts";
import type { ObjectKindName } from "./object-kind.ts";
import { splitLines } from "./split-lines.ts";
import { splitRecords } from "./split-records.ts";
import type { Splitter, SplitterOptions } from "./splitter.ts";

/** What a line is: one of its format, one that only tells how to read those behind it, or none of its format. */
export type ReadLine =
  | { readonly kind: "recognised"; readonly line: RecognisedLine }
  | { readonly kind: "header" }
  | { readonly kind: "unrecognised" };

/** Reads the lines of one object, one after the other. */
export interface LineReader {
  read(line: string): ReadLine;
  /** The header that is in force, for whoever goes on behind it. */
  header(): string | undefined;
}

/** How an object of a kind is read: cut into lines or records, and then line by line. `header`: where it goes on behind one. */
interface KindReader {
  readonly split: (options: SplitterOptions) => Splitter;
  readonly open: (header: string | undefined) => LineReader;
}

const unrecognised = { kind: "unrecognised" } as const;
const nothingKnown: RecognisedLine = { attributes: [] };

/** One row for each kind of object. */
const readers: Readonly<Record<ObjectKindName, KindReader>> = {
  alb: linesOf(recogniseAlb),
  nlb: linesOf(recogniseNlb),
  clb: linesOf(recogniseClb),
  "alb-connection": linesOf(() => nothingKnown),
  "alb-health-check": linesOf(() => nothingKnown),
  "s3-access": linesOf(recogniseS3Access),
  waf: linesOf(recogniseWaf),
  "vpc-flow": { split: splitLines, open: (header) => withHeader(vpcFlowColumns, createVpcFlow, header) },
  cloudfront: { split: splitLines, open: (header) => withHeader(cloudfrontHead, createCloudfront, header) },
  cloudtrail: arrayOf("Records", recogniseCloudtrail),
  config: arrayOf("configurationItems", recogniseConfigItem),
  "json-lines": linesOf(recogniseJsonLine),
  text: linesOf((line) => recogniseJsonLine(line) ?? recognisePlainText(line) ?? nothingKnown),
};

/** What cuts and reads an object of this kind, from its beginning or behind a header that an earlier invocation has seen. */
export function readerOf(kind: ObjectKindName, options: SplitterOptions, header?: string): OpenReader {
  const { split, open } = readers[kind];
  return { splitter: split(options), lines: open(header) };
}

/** The two halves of reading one object. */
export interface OpenReader {
  readonly splitter: Splitter;
  readonly lines: LineReader;
}

/** What an application says of a line that is a JSON object, which may be nothing. */
function recogniseJsonLine(line: string): RecognisedLine | undefined {
  const document = parseLine(line);
  return document && (recogniseJson(document) ?? nothingKnown);
}

function linesOf(recognise: Recognise): KindReader {
  return { split: splitLines, open: () => alwaysBy(recognise) };
}

/** Whoever goes on behind the beginning goes on inside of the array. */
function arrayOf(name: string, recognise: Recognise): KindReader {
  return {
    split: (options) => splitRecords({ ...options, name, inArray: options.offset > 0 }),
    open: () => alwaysBy(recognise),
  };
}

function alwaysBy(recognise: Recognise): LineReader {
  return { read: (line) => readBy(recognise, line), header: () => undefined };
}

function readBy(recognise: Recognise, line: string): ReadLine {
  const recognised = recognise(line);
  return recognised ? { kind: "recognised", line: recognised } : unrecognised;
}

/** Names of columns in a header line; "other" for one that is a header and names none. */
type ReadHeader = (line: string) => readonly string[] | "other" | undefined;

/** Lines that a header names the columns of; another header may come at any time. */
function withHeader(
  columnsOf: ReadHeader,
  create: (columns?: readonly string[]) => Recognise,
  known: string | undefined,
): LineReader {
  let header = known;
  const knownColumns = known === undefined ? undefined : columnsOf(known);
  let recognise = create(knownColumns === "other" ? undefined : knownColumns);
  return {
    read(line) {
      const columns = columnsOf(line);
      if (columns === undefined) return readBy(recognise, line);
      if (columns !== "other") {
        header = line;
        recognise = create(columns);
      }
      return { kind: "header" };
    },
    header: () => header,
  };
}

/** A flow log has its names of columns in its first line, and no other line looks like it. */
function vpcFlowColumns(line: string): readonly string[] | undefined {
  if (!/^[a-z]/.test(line) || !/\b(srcaddr|interface-id|log-status|tgw-id|resource-type)\b/.test(line))
    return undefined;
  const columns = line.trim().split(/\s+/, 100);
  return columns.every((column) => /^[a-z][a-z0-9-]*$/.test(column)) ? columns : undefined;
}

function cloudfrontHead(line: string): readonly string[] | "other" | undefined {
  return cloudfrontFields(line) ?? (line.startsWith("#") ? "other" : undefined);
}
