import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createMessageReader, frameMessage } from "../../shared/grpc/framing.ts";

const hex = (text: string) => new Uint8Array(Buffer.from(text, "hex"));

function readAll(chunks: readonly Uint8Array[], maxMessageBytes = 1000, memory = Number.POSITIVE_INFINITY) {
  let granted = 0;
  const grow = (more: number) => {
    if (granted + more > memory) return false;
    granted += more;
    return true;
  };
  const reader = createMessageReader({ maxMessageBytes, grow });
  for (const chunk of chunks) reader.push(chunk);
  return { outcome: reader.end(), granted };
}

describe("createMessageReader()", () => {
  it.each([
    ["an empty message", "0000000000", "", false],
    ["a message", "0000000003616263", "616263", false],
    ["a compressed message", "0100000003616263", "616263", true],
  ])("reads %s", (_, stream, bytes, compressed) => {
    const { outcome } = readAll([hex(stream)]);
    expect(outcome).toEqual({ kind: "message", message: { compressed, bytes: expect.anything() } });
    expect(Buffer.from(outcome.kind === "message" ? outcome.message.bytes : "?").toString("hex")).toBe(bytes);
  });

  it.each([
    ["no message", "", 12],
    ["two messages", "00000000016100000000016262", 12],
    ["two empty messages", "00000000000000000000", 12],
    ["half a prefix", "000000", 13],
    ["a message cut short", "00000000056162", 13],
    ["a flag of 2", "0200000000", 13],
    ["a flag of 255", "ff00000000", 13],
    ["a length of 4 GiB", "00ffffffff", 8],
    ["one byte over the limit", "00000003e9", 8],
  ])("refuses %s", (_, stream, code) => {
    const { outcome, granted } = readAll([hex(stream)]);
    expect(outcome).toMatchObject({ kind: "refused", status: { code, message: expect.stringMatching(/.{10}/) } });
    expect(granted).toBeLessThan(10);
  });

  it("reads the same message however it is cut", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 500 }),
        fc.array(fc.integer({ min: 0, max: 505 }), { maxLength: 20 }),
        (message, cuts) => {
          const stream = frameMessage(message);
          const places = [0, ...cuts.filter((cut) => cut < stream.length).sort((a, b) => a - b), stream.length];
          const chunks = places.slice(1).map((end, index) => stream.subarray(places[index], end));
          const { outcome } = readAll(chunks);
          expect(outcome.kind === "message" && Buffer.compare(outcome.message.bytes, message)).toBe(0);
        },
      ),
    );
  });

  it("asks for memory as bytes arrive, not as they are declared", () => {
    const { granted } = readAll([hex("0003000000"), new Uint8Array(10)], 64 * 2 ** 20);
    expect(granted).toBe(1024);
  });

  it("asks for the whole message and no more once it is there", () => {
    const message = frameMessage(new Uint8Array(1_000_000));
    const chunks = Array.from({ length: 62 }, (_, n) => message.subarray(n * 16_384, (n + 1) * 16_384));
    expect(readAll(chunks, 2 ** 20).granted).toBe(1_000_000);
  });

  it("lets go of the message with its end: who holds on to the stream holds no message", () => {
    const reader = createMessageReader({ maxMessageBytes: 1000, grow: () => true });
    reader.push(hex("0000000003616263"));
    const ended = reader.end();
    const held = Object.values(reader).filter((value) => value instanceof Uint8Array && value.length === 3);
    expect(ended).toMatchObject({ kind: "message", message: { compressed: false } });
    expect(held).toEqual([]);
  });

  it("turns a message away, to be sent again, when memory is refused", () => {
    const { outcome } = readAll([frameMessage(new Uint8Array(900))], 1000, 500);
    expect(outcome).toMatchObject({ kind: "refused", status: { code: 14 } });
  });

  it("keeps to its refusal whatever follows", () => {
    const { outcome } = readAll([hex("02"), hex("00000000"), hex("0000000000")]);
    expect(outcome).toMatchObject({ kind: "refused", status: { code: 13 } });
  });
});
