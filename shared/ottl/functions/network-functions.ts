import { BlockList, isIP } from "node:net";
import { type AnyValue, mapOf } from "../../edit/any-value.ts";
import { Failure } from "../failure.ts";
import type { Converter } from "../function.ts";

/** Addresses of all kinds, and numbers with a check digit. */
export const networkConverters: readonly Converter[] = [
  {
    name: "URL",
    parameters: ["URI"],
    build: (args) => {
      const target = args.string("URI");
      return (frame) => mapOf(urlParts(target(frame)));
    },
  },
  {
    name: "IsInCIDR",
    parameters: ["target", "networks"],
    build: (args) => {
      const target = args.string("target");
      const networks = args.strings("networks");
      const isLiteral = args.expressions("networks").every(({ literal }) => literal !== undefined);
      const known = isLiteral ? args.literalStrings("networks").map(blockOf) : undefined;
      return (frame) => {
        const address = target(frame);
        const family = address.includes("%") ? 0 : isIP(address);
        if (family === 0) return false;
        return (known ?? networks(frame).map(blockOf)).some((block) =>
          block.check(address, family === 6 ? "ipv6" : "ipv4"),
        );
      };
    },
  },
  {
    name: "IsValidLuhn",
    parameters: ["target"],
    build: (args) => {
      const target = args.like("target");
      return (frame) => isValidLuhn(target(frame));
    },
  },
];

function blockOf(network: string): BlockList {
  const [address = "", bits, more] = network.split("/");
  const family = isIP(address);
  const size = Number(bits);
  if (family === 0 || more !== undefined || !/^\d{1,3}$/.test(bits ?? "") || size > (family === 6 ? 128 : 32))
    throw new Failure(`invalid CIDR address: ${network}`);
  const block = new BlockList();
  block.addSubnet(address, size, family === 6 ? "ipv6" : "ipv4");
  return block;
}

/** Whether the last digit is the check digit of the others; blanks are skipped. */
function isValidLuhn(text: string | null): boolean {
  if (text === null) throw new Failure("invalid input: nil");
  const digits = text.replace(/ /g, "");
  if (digits === "") return false;
  const bad = /[^0-9]/.exec(digits)?.[0];
  if (bad !== undefined) throw new Failure(`parsing ${JSON.stringify(bad)}: invalid syntax`);
  let sum = 0;
  for (let at = digits.length - 1, isDoubled = false; at >= 0; at--, isDoubled = !isDoubled) {
    const digit = Number(digits[at]) * (isDoubled ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}

const generic = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s;

/** The parts of a URL as Go's net/url reads one, under the names of the semantic conventions. */
function urlParts(text: string): Map<string, AnyValue> {
  if (text === "") throw new Failure("url cannot be empty");
  const fail = (why: string): Failure => new Failure(`parse ${JSON.stringify(text)}: ${why}`);
  // biome-ignore format: one character class of control characters
  if ([...text].some((character) => character < " " || character === "\x7f")) throw fail("invalid control character in URL");
  const [, scheme = "", authority, path = "", query, fragment] = generic.exec(text) ?? [];
  const parts = new Map<string, AnyValue>();
  const lowerScheme = scheme.toLowerCase();
  parts.set("url.scheme", lowerScheme);
  // Without a slash what follows the scheme is opaque: no path.
  const isOpaque = scheme !== "" && authority === undefined && !path.startsWith("/");
  parts.set("url.path", isOpaque ? "" : unescaped(path, fail));
  parts.set("url.domain", "");
  if (authority !== undefined) readAuthority(authority, { parts, fail });
  if (query !== undefined && query !== "") parts.set("url.query", query);
  if (fragment !== undefined && fragment !== "") parts.set("url.fragment", unescaped(fragment, fail));
  const extension = /\.([^./]+)$/.exec(isOpaque ? "" : path)?.[1];
  if (extension !== undefined) parts.set("url.extension", extension);
  const escapedPath = path.replace(/[ "<>\\^`{|}\u0080-\uffff]+/gu, (characters) => encodeURIComponent(characters));
  parts.set("url.original", `${lowerScheme}${text.slice(scheme.length).replace(path, escapedPath)}`);
  return parts;
}

function readAuthority(authority: string, job: { parts: Map<string, AnyValue>; fail: (why: string) => Failure }): void {
  const { parts, fail } = job;
  const at = authority.lastIndexOf("@");
  const host = authority.slice(at + 1);
  if (at >= 0) {
    const info = authority.slice(0, at);
    const colon = info.indexOf(":");
    parts.set("url.user_info", info);
    parts.set("url.username", unescaped(colon < 0 ? info : info.slice(0, colon), fail));
    if (colon >= 0) parts.set("url.password", unescaped(info.slice(colon + 1), fail));
  }
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/s.exec(host) ?? [];
  const name = bracketed ?? plain;
  if (name === undefined) throw fail(`invalid port ${JSON.stringify(host.slice(host.indexOf(":")))} after host`);
  if (port !== undefined && !/^\d*$/.test(port)) throw fail(`invalid port ":${port}" after host`);
  const bad = /[ "<>\\^`{|}]/.exec(name)?.[0];
  if (bad !== undefined) throw fail(`invalid character ${JSON.stringify(bad)} in host name`);
  parts.set("url.domain", unescaped(name, fail));
  if (port) parts.set("url.port", BigInt(port));
}

function unescaped(text: string, fail: (why: string) => Failure): string {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(text)?.[0];
  if (bad !== undefined) throw fail(`invalid URL escape ${JSON.stringify(bad)}`);
  const bytes = Buffer.from(
    text.replace(/%([0-9a-fA-F]{2})|[\s\S]/gu, (match, hex?: string) =>
      hex ? String.fromCharCode(Number.parseInt(hex, 16)) : Buffer.from(match).toString("latin1"),
    ),
    "latin1",
  );
  return bytes.toString("utf8");
}
