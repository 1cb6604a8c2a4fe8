/** Bytes written as hexadecimal. */
export function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}

/** One span, one log record, one gauge point; and the span as the Collector writes it, back to front. */
export const oneSpan = hex(
  "0a3a0a150a130a0c736572766963652e6e616d6512030a01781221121f0a105b8efff798038103d269b633813fc60c1208eee19b7ec3c1b1742a0161",
);
export const oneLog = hex("0a131211120f0901000000000000002a040a026869");
export const onePoint = hex("0a1d121b12190a01672a140a1219e803000000000000310100000000000000");
export const backToFront = hex(
  "0a3f1226121f2a01611208eee19b7ec3c1b1740a105b8efff798038103d269b633813fc60c0a030a016e0a150a130a0c736572766963652e6e616d6512030a0178",
);

/** A base-128 varint. */
export function varint(value: number | bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt(value);
  do {
    const low = Number(rest & 0x7fn);
    rest >>= 7n;
    bytes.push(rest > 0n ? low | 0x80 : low);
  } while (rest > 0n);
  return Buffer.from(bytes);
}

/** A length-delimited field with `parts` in it. */
export function field(number: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

export const traceId = field(1, hex("5b8efff798038103d269b633813fc60c"));
export const spanId = field(2, hex("eee19b7ec3c1b174"));

/** A traces request of one span with these fields behind its ids. */
export function spanWith(...fields: readonly Uint8Array[]): Buffer {
  return field(1, field(2, field(2, traceId, spanId, ...fields)));
}

/** A logs request of one record with these fields. */
export function logWith(...fields: readonly Uint8Array[]): Buffer {
  return field(1, field(2, field(2, ...fields)));
}

/** A metrics request of one metric with these fields behind its name. */
export function metricWith(...fields: readonly Uint8Array[]): Buffer {
  return field(1, field(2, field(2, field(1, Buffer.from("m")), ...fields)));
}

/** An attribute of a span: KeyValue in field 9. */
export function attribute(value: Uint8Array): Buffer {
  return field(9, field(1, Buffer.from("k")), value);
}

/** A traces request in JSON: one span with `more` behind its name. */
export function jsonSpan(more = ""): string {
  const ids = '"traceId":"5B8EFFF798038103D269B633813FC60C","spanId":"EEE19B7EC3C1B174","name":"a"';
  return `{"resourceSpans":[{"scopeSpans":[{"spans":[{${ids}${more && `,${more}`}}]}]}]}`;
}

/** The same with one attribute `k` of this value. */
export function jsonAttribute(value: string): string {
  return jsonSpan(`"attributes":[{"key":"k","value":${value}}]`);
}
