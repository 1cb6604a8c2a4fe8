import { lengthSize, writeLength } from "../../wire/varint.ts";
import { encodeLabels } from "../encode-labels.ts";
import { type EncodedLabels, roomForLabels } from "../label-block.ts";
import { type Labels, metricName } from "../labels.ts";
import type { MetricType } from "../sample.ts";
import { boundText, readText, type SeriesLine } from "./raw-series.ts";

/** A label of the target as it is written; the name of the metric, whose text is in the line, is among them without a field. */
interface Own {
  readonly name: Buffer;
  readonly field: Buffer | undefined;
}

const maxLabels = 64;
const maxBounds = 1_000;
const backslash = 0x5c;
const nothing = new Uint8Array(0);
const nameOfMetric = Buffer.from(metricName);
/** Bounds and quantiles that are written as they should be. */
const goodBounds = new Set<string>();

/**
 * Joins the labels of a line with those of its target, from bytes to bytes: a line that is new costs no string (bench/exposition.ts).
 */
export class LineJoiner {
  private readonly own: readonly Own[];
  private readonly ownBytes: number;
  private readonly order = new Int32Array(maxLabels);
  private body: Uint8Array = nothing;
  private parts = new Int32Array(0);
  private out: Uint8Array = nothing;
  private at = 0;

  constructor(target: Labels) {
    const own: Own[] = [{ name: nameOfMetric, field: undefined }];
    for (let i = 0; i + 1 < target.length; i += 2) {
      const { block, start, end } = encodeLabels(target.slice(i, i + 2));
      own.push({ name: Buffer.from(target[i] ?? ""), field: Buffer.from(block.bytes.subarray(start, end)) });
    }
    this.own = own.sort((a, b) => Buffer.compare(a.name, b.name));
    this.ownBytes = own.reduce((sum, { field }) => sum + (field?.length ?? 0), 0);
  }

  /**
   * Undefined where anything is out of the ordinary (escapes, quoted names, other than ASCII, empty or repeated labels, a bound in another
   * form): strings say then what to do. What it returns counts once `commitLabels` is called.
   */
  join({ body, text, type }: SeriesLine): EncodedLabels | undefined {
    const { labels, parts } = text;
    if (text.nameQuoted || text.labelQuoted || labels > maxLabels) {
      return undefined;
    }
    const { block, start } = roomForLabels(this.ownBytes + 2 * (text.end - text.nameStart) + 32 * (labels + 1));
    this.body = body;
    this.parts = parts;
    this.out = block.bytes;
    this.at = start;
    const isJoined = this.sort(labels) && this.merge(labels, { text, type });
    this.body = nothing;
    return isJoined ? { block, start, end: this.at } : undefined;
  }

  /** Puts the labels in order of their names; false where one is there twice. */
  private sort(labels: number): boolean {
    const { order } = this;
    for (let label = 0; label < labels; label++) {
      let rank = label;
      for (; rank > 0; rank--) {
        const before = this.compare(order[rank - 1] as number, label * 4);
        if (before === 0) {
          return false;
        }
        if (before < 0) {
          break;
        }
        order[rank] = order[rank - 1] as number;
      }
      order[rank] = label * 4;
    }
    return true;
  }

  private merge(labels: number, { text, type }: Pick<SeriesLine, "text" | "type">): boolean {
    const { own, order } = this;
    let next = 0;
    for (let rank = 0; rank < labels; rank++) {
      const part = order[rank] as number;
      for (; next < own.length; next++) {
        const mine = own[next] as Own;
        const before = this.compareOwn(mine.name, part);
        if (before === 0) {
          return false;
        }
        if (before > 0) {
          break;
        }
        this.writeOwn(mine, text);
      }
      if (!this.isGoodBound(part, type) || !this.writeLabel(part)) {
        return false;
      }
    }
    for (; next < own.length; next++) {
      this.writeOwn(own[next] as Own, text);
    }
    return true;
  }

  private writeOwn({ name, field }: Own, { nameStart, nameEnd }: SeriesLine["text"]): void {
    if (field) {
      this.copy(field, 0, field.length);
      return;
    }
    this.writeHead(name.length, nameEnd - nameStart);
    this.copy(name, 0, name.length);
    this.writeLength(0x12, nameEnd - nameStart);
    this.copy(this.body, nameStart, nameEnd);
  }

  /** False where its value is empty, or is not as it is read. */
  private writeLabel(part: number): boolean {
    const { body, parts, out } = this;
    const nameStart = parts[part] as number;
    const nameEnd = parts[part + 1] as number;
    const start = parts[part + 2] as number;
    const end = parts[part + 3] as number;
    this.writeHead(nameEnd - nameStart, end - start);
    this.copy(body, nameStart, nameEnd);
    this.writeLength(0x12, end - start);
    let { at } = this;
    let all = 0;
    for (let from = start; from < end; from++) {
      const byte = body[from] as number;
      all |= byte === backslash ? 128 : byte;
      out[at++] = byte;
    }
    this.at = at;
    return all < 128 && end > start;
  }

  private writeHead(name: number, value: number): void {
    const inner = name < 64 && value < 60 ? name + value + 4 : name + value + 2 + lengthSize(name) + lengthSize(value);
    this.writeLength(0x0a, inner);
    this.writeLength(0x0a, name);
  }

  private writeLength(tag: number, length: number): void {
    const { out } = this;
    out[this.at++] = tag;
    if (length < 128) {
      out[this.at++] = length;
    } else {
      this.at = writeLength(out, this.at, length);
    }
  }

  private copy(from: Uint8Array, start: number, end: number): void {
    const { out } = this;
    let { at } = this;
    for (let each = start; each < end; each++) {
      out[at++] = from[each] as number;
    }
    this.at = at;
  }

  private compare(a: number, b: number): number {
    const { body, parts } = this;
    const left = parts[a] as number;
    const right = parts[b] as number;
    const leftLength = (parts[a + 1] as number) - left;
    const rightLength = (parts[b + 1] as number) - right;
    const length = Math.min(leftLength, rightLength);
    for (let i = 0; i < length; i++) {
      const difference = (body[left + i] as number) - (body[right + i] as number);
      if (difference !== 0) {
        return difference;
      }
    }
    return leftLength - rightLength;
  }

  private compareOwn(name: Uint8Array, part: number): number {
    const { body, parts } = this;
    const right = parts[part] as number;
    const rightLength = (parts[part + 1] as number) - right;
    const length = Math.min(name.length, rightLength);
    for (let i = 0; i < length; i++) {
      const difference = (name[i] as number) - (body[right + i] as number);
      if (difference !== 0) {
        return difference;
      }
    }
    return name.length - rightLength;
  }

  /** Whether a label is not a bound or quantile of its family, or is one in the form of OpenMetrics. */
  private isGoodBound(part: number, type: MetricType | undefined): boolean {
    const { body, parts } = this;
    const start = parts[part] as number;
    const length = (parts[part + 1] as number) - start;
    const mayBe = (type === "histogram" && length === 2) || (type === "summary" && length === 8);
    if (!mayBe) {
      return true;
    }
    const name = readText(body, start, start + length);
    if (name !== (type === "histogram" ? "le" : "quantile")) {
      return true;
    }
    const text = readText(body, parts[part + 2] as number, parts[part + 3] as number);
    if (goodBounds.has(text)) {
      return true;
    }
    const isGood = boundText(name, text, type) === text;
    if (isGood && goodBounds.size < maxBounds) {
      goodBounds.add(text);
    }
    return isGood;
  }
}
