import { WireWriter } from "../../wire/wire-writer.ts";

const initialBytes = 16_384;
const maxBytes = 256 * 2 ** 20;
const nanosLow = 1_000_000;
const pow32 = 2 ** 32;

/** Writes messages of OTLP field by field. */
export class OtlpWriter {
  private readonly out = new WireWriter(initialBytes, maxBytes);

  /** Writes a nested message. */
  message(number: number, write: () => void): void {
    this.out.ensure(8);
    this.out.tag(number * 8 + 2);
    const start = this.out.open(2);
    write();
    this.out.close(start, 2);
  }

  text(number: number, text: string): void {
    if (text === "") {
      return;
    }
    this.bytes(number, Buffer.from(text));
  }

  bytes(number: number, bytes: Uint8Array): void {
    const { out } = this;
    out.ensure(bytes.length + 10);
    out.tag(number * 8 + 2);
    out.length(bytes.length);
    out.bytes.set(bytes, out.at);
    out.at += bytes.length;
  }

  double(number: number, value: number): void {
    this.out.ensure(12);
    this.out.tag(number * 8 + 1);
    this.out.double(value);
  }

  /** A whole number in 64 bits. */
  fixed64(number: number, value: number): void {
    this.out.ensure(12);
    this.out.tag(number * 8 + 1);
    this.out.fixed64(Math.floor(value / pow32), value >>> 0);
  }

  /** Milliseconds as nanoseconds. */
  time(number: number, timeMs: number): void {
    const nanos = BigInt(Math.max(0, Math.trunc(timeMs))) * BigInt(nanosLow);
    this.out.ensure(12);
    this.out.tag(number * 8 + 1);
    this.out.fixed64(Number((nanos >> 32n) & 0xffffffffn), Number(nanos & 0xffffffffn));
  }

  varint(number: number, value: number): void {
    this.out.ensure(12);
    this.out.tag(number * 8);
    this.out.varint(Math.floor(value / pow32), value >>> 0);
  }

  sint(number: number, value: number): void {
    if (value !== 0) {
      this.varint(number, value < 0 ? -2 * value - 1 : 2 * value);
    }
  }

  /** Packed. */
  numbers(number: number, values: readonly number[], as: "double" | "fixed64" | "varint"): void {
    if (values.length === 0) {
      return;
    }
    const { out } = this;
    out.ensure(16 + values.length * 10);
    out.tag(number * 8 + 2);
    const start = out.open(2);
    for (const value of values) {
      if (as === "double") {
        out.double(value);
      } else if (as === "fixed64") {
        out.fixed64(Math.floor(value / pow32), value >>> 0);
      } else {
        out.varint(Math.floor(value / pow32), value >>> 0);
      }
    }
    out.close(start, 2);
  }

  /** A `KeyValue` whose value is text. */
  attribute(number: number, [name, value]: readonly [string, string]): void {
    this.message(number, () => {
      this.text(1, name);
      this.message(2, () => this.bytes(1, Buffer.from(value)));
    });
  }

  finish(): Uint8Array {
    return this.out.finish();
  }
}
