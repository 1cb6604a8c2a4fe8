import type { WireWriter } from "../wire/wire-writer.ts";
import type { LogTime } from "./log-record.ts";

const maxMs = 18_446_744_073_709;

/**
 * Writes nanoseconds since 1970 in eight bytes, in two halves, without big integers: the milliseconds are taken as
 * `above * 2^22 + below`. Times that 64 bits do not
 * hold are left out, as unknown ones are.
 */
export function writeTime(writer: WireWriter, tag: number, { ms, nanos = 0 }: LogTime): void {
  if (!(ms >= 0 && ms < maxMs)) return;
  const above = Math.floor(ms / 4_194_304) * 1_000_000;
  const rest = (above % 1024) * 4_194_304 + (ms % 4_194_304) * 1_000_000 + nanos;
  writer.ensure(9);
  writer.tag(tag);
  writer.fixed64((Math.floor(above / 1024) + Math.floor(rest / 2 ** 32)) >>> 0, rest % 2 ** 32);
}
