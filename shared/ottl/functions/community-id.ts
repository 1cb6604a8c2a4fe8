import { hash } from "node:crypto";
import { isIPv4, isIPv6 } from "node:net";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";

const protocols: Readonly<Record<string, number>> = { ICMP: 1, TCP: 6, UDP: 17, RSVP: 46, ICMP6: 58, SCTP: 132 };

interface End {
  readonly address: Uint8Array;
  readonly port: number;
}

/** `CommunityID`: the name of a flow, the same for both directions (Community ID flow hashing, version 1). */
export const communityId: Converter = {
  name: "CommunityID",
  parameters: ["sourceIP", "source_port", "destinationIP", "destination_port", "protocol?", "seed?"],
  build: (args) => {
    const ends = (["source", "destination"] as const).map((which) => ({
      which,
      ip: args.string(`${which}IP`),
      port: args.int(`${which}_port`),
    }));
    const protocol = args.has("protocol") ? args.string("protocol") : () => "TCP";
    const seed = args.has("seed") ? args.int("seed") : () => 0n;
    return (frame) => {
      const [source, destination] = ends.map(({ which, ip, port }) => ({
        port: within(port(frame), `${which} port`),
        address: addressBytes(ip(frame), which),
      }));
      const name = protocol(frame);
      const number = Object.hasOwn(protocols, name) ? protocols[name] : undefined;
      if (number === undefined) throw new Failure(`unsupported protocol: ${name}`);
      if (!source || !destination) throw new Failure("a flow has two ends");
      const [first, second] = isBehind(source, destination) ? [destination, source] : [source, destination];
      const seedNumber = within(seed(frame), "seed");
      const flow = Buffer.concat([
        twoBytes(seedNumber),
        first.address,
        second.address,
        Buffer.of(number, 0),
        twoBytes(first.port),
        twoBytes(second.port),
      ]);
      return `1:${hash("sha1", flow, "base64")}`;
    };
  },
};

function within(value: bigint, what: string): number {
  if (value < 0n || value > 65_535n) throw new Failure(`${what} must be between 0 and 65535, got ${value}`);
  return Number(value);
}

function isBehind(one: End, other: End): boolean {
  if (one.address.length !== other.address.length) return one.address.length > other.address.length;
  return (Buffer.compare(one.address, other.address) || one.port - other.port) > 0;
}

function twoBytes(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255);
}

/** Four bytes, or sixteen; an IPv4 address in an IPv6 one is four. */
function addressBytes(text: string, which: string): Uint8Array {
  if (isIPv4(text)) return Buffer.from(text.split(".").map(Number));
  if (!isIPv6(text) || text.includes("%")) throw new Failure(`invalid ${which} IP: ${text}`);
  const bytes = ipv6Bytes(text);
  const isMapped = bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  return isMapped ? bytes.subarray(12) : bytes;
}

function ipv6Bytes(text: string): Buffer {
  const plain = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_, ...parts: string[]) => {
    const [a = 0, b = 0, c = 0, d = 0] = parts.slice(0, 4).map(Number);
    return `${((a << 8) | b).toString(16)}:${((c << 8) | d).toString(16)}`;
  });
  const [head = "", tail] = plain.split("::");
  const groups = (part: string): readonly string[] => (part === "" ? [] : part.split(":"));
  const [before, after] = [groups(head), groups(tail ?? "")];
  const zeros = new Array<string>(Math.max(0, 8 - before.length - after.length)).fill("0");
  return Buffer.concat(
    [...before, ...(tail === undefined ? [] : zeros), ...after].map((group) => twoBytes(Number.parseInt(group, 16))),
  );
}
