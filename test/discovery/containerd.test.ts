import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseContainerdContainers } from "../../shared/discovery/containerd.ts";

const text = new TextEncoder();
/** A field of a message with its length. */
const field = (number: number, content: string | readonly number[]) => {
  const bytes = typeof content === "string" ? [...text.encode(content)] : content;
  return [(number << 3) | 2, bytes.length, ...bytes];
};

describe("parseContainerdContainers()", () => {
  it("reads identifiers, images, labels and times in the form of Docker", () => {
    const container = [
      ...field(1, "abc"),
      ...field(2, [...field(1, "io.kubernetes.pod.name"), ...field(2, "web")]),
      ...field(3, "app:1"),
      ...field(5, [1, 2]),
      ...field(8, [0x08, 0x80, 0x01, 0x10, 0x05]),
    ];
    expect(parseContainerdContainers(Uint8Array.from([...field(1, container), ...field(1, field(1, "def"))]))).toEqual([
      { Id: "abc", Names: ["/abc"], Image: "app:1", Labels: { "io.kubernetes.pod.name": "web" }, Created: 128 },
      { Id: "def", Names: ["/def"], Image: "", Labels: {} },
    ]);
  });

  it("never throws", () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => void parseContainerdContainers(bytes)));
  });
});
