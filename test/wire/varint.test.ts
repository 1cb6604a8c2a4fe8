import fc from "fast-check";
import protobuf from "protobufjs/minimal.js";
import { describe, expect, it } from "vitest";
import { FieldCursor } from "../../shared/wire/field-cursor.ts";
import { badVarint, lengthSize, varintSize, varintValue, writeLength } from "../../shared/wire/varint.ts";
import { readFields } from "../support/otlp/wire-tree.ts";

describe("varintSize()", () => {
  it.each([
    ["00", 1],
    ["7f", 1],
    ["8001", 2],
    ["800000", 2],
    ["ffffffffffffffffff01", 10],
    ["ffffffffffffffffff02", badVarint],
    ["8080808080808080808000", badVarint],
    ["80", badVarint],
    ["", badVarint],
  ])("of %s is %i", (hex, size) => {
    const bytes = Buffer.from(hex, "hex");
    expect(varintSize(bytes, 0, bytes.length)).toBe(size);
  });

  it("does not look past the end it is given", () => {
    expect(varintSize(Buffer.from("8001", "hex"), 0, 1)).toBe(badVarint);
  });
});

describe("varintValue()", () => {
  it("keeps values above 2^53 above 2^53", () => {
    expect(varintValue(Buffer.from("ffffffffffffffffff01", "hex"), 0, 10)).toBeGreaterThan(2 ** 53);
    expect(varintValue(Buffer.from("ffffffffffffff0f", "hex"), 0, 8)).toBe(2 ** 53 - 1);
  });
});

describe("writeLength()", () => {
  it("writes what varintValue() reads, in lengthSize() bytes, as protobufjs does", () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 32 - 1 }), (length) => {
        const bytes = new Uint8Array(lengthSize(length));
        expect(writeLength(bytes, 0, length)).toBe(bytes.length);
        expect(varintSize(bytes, 0, bytes.length)).toBe(bytes.length);
        expect(varintValue(bytes, 0, bytes.length)).toBe(length);
        expect(bytes).toEqual(Uint8Array.from(protobuf.Writer.create().uint32(length).finish()));
      }),
    );
  });
});

describe("FieldCursor", () => {
  it("finds the fields that protobufjs finds", () => {
    const bytes = Buffer.from("0a0161101819ff00000000000000a2060568656c6c6fa50601000000", "hex");
    const found: object[] = [];
    for (const cursor = new FieldCursor(bytes, 0, bytes.length); cursor.next(); ) {
      const { number, wireType, fieldStart, valueStart, valueEnd } = cursor;
      const value = wireType === 2 && { value: bytes.subarray(valueStart, valueEnd) };
      found.push({ number, wireType, raw: bytes.subarray(fieldStart, valueEnd), ...value });
    }
    expect(found).toEqual(readFields(bytes));
    expect(found).toHaveLength(5);
  });

  it.each(["08", "0a05", "0a0261", "0900", "0b", "0c", "0f", "00", "80"])("stops at %s, which is not whole", (hex) => {
    const bytes = Buffer.from(hex, "hex");
    expect(new FieldCursor(bytes, 0, bytes.length).next()).toBe(false);
  });
});
