import { lengthSize, writeLength } from "../wire/varint.ts";
import { commitLabels, type EncodedLabels, roomForLabels } from "./label-block.ts";
import type { Labels } from "./labels.ts";

/** Labels as fields of a `prometheus.TimeSeries` (or an `Exemplar`): field 1, each with its name and value. */
export function encodeLabels(labels: Labels): EncodedLabels {
  let size = 0;
  const lengths: number[] = [];
  for (let i = 0; i < labels.length; i += 2) {
    const name = Buffer.byteLength(labels[i] ?? "");
    const value = Buffer.byteLength(labels[i + 1] ?? "");
    const inner = 1 + lengthSize(name) + name + (value === 0 ? 0 : 1 + lengthSize(value) + value);
    lengths.push(inner, name, value);
    size += 1 + lengthSize(inner) + inner;
  }
  const { block, start } = roomForLabels(size);
  const { bytes: out } = block;
  let at = start;
  for (let i = 0, part = 0; i < labels.length; i += 2, part += 3) {
    const value = lengths[part + 2] ?? 0;
    out[at++] = 0x0a;
    at = writeLength(out, at, lengths[part] ?? 0);
    out[at++] = 0x0a;
    at = writeLength(out, at, lengths[part + 1] ?? 0);
    at += out.write(labels[i] ?? "", at);
    if (value > 0) {
      out[at++] = 0x12;
      at = writeLength(out, at, value);
      at += out.write(labels[i + 1] ?? "", at);
    }
  }
  const encoded = { block, start, end: at };
  commitLabels(encoded);
  return encoded;
}

/** The labels again. */
export function decodeLabels({ block: { bytes }, start, end }: EncodedLabels): Labels {
  const labels: string[] = [];
  let at = start;
  const length = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * 2 ** shift;
      if (byte < 128) {
        return value;
      }
    }
  };
  const text = (): string => {
    const size = length();
    at += size;
    return bytes.toString("utf8", at - size, at);
  };
  while (at < end) {
    at++;
    const next = length() + at;
    at++;
    labels.push(text());
    if (at < next) {
      at++;
      labels.push(text());
    } else {
      labels.push("");
    }
  }
  return labels;
}
