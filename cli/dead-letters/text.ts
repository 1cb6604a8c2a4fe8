import type { DeadLetterSummary } from "../../shared/dead-letters/dead-letter.ts";
import type { DeadLetterEntry, DeadLetterGroup, DeadLetterReport } from "../../shared/dead-letters/report.ts";
import { printable } from "../../shared/printable.ts";
import { table } from "../terminal/table.ts";

const maxRows = 20;
const maxWords = 100;
const soonMs = 2 * 86_400_000;

/** Groups, then letters one by one, as tables. */
export function listText({ groups, letters, omitted, dryRun }: DeadLetterReport, now: number): string {
  if (groups.length === 0) return "No dead letters.";
  const outcomes = dryRun ? ["OUTCOME"] : [];
  const shown = letters.slice(0, maxRows);
  const more = letters.length - shown.length + omitted;
  return [
    table([
      ["SIGNAL", "SERVICES", "REASON", "DEAD LETTERS", "ITEMS", "SIZE", "DEAD-LETTERED", "EXPIRES"],
      ...groups.map(groupRow),
    ]),
    "",
    table([
      ["ID", ...outcomes, "SIGNAL", "REASON", "STATUS", "ITEMS", "DEAD-LETTERED", "MESSAGE"],
      ...shown.map(deadLetterRow),
    ]),
    ...(more > 0 ? [`… and ${more} more: narrow it down, or use --json`] : []),
  ].join("\n");

  function groupRow(group: DeadLetterGroup): string[] {
    const [oldest, newest] = [ageText(now - group.oldestDeadLetteredAt), ageText(now - group.newestDeadLetteredAt)];
    return [
      group.signal,
      plain(group.services),
      group.reason,
      String(group.letters),
      String(group.items),
      sizeText(group.bytes),
      oldest === newest ? `${oldest} ago` : `${oldest} to ${newest} ago`,
      `in ${ageText(group.firstExpiresAt - now)}`,
    ];
  }

  function deadLetterRow(letter: DeadLetterEntry): string[] {
    const { id, signal = "unknown", reason, status, items, deadLetteredAt, message } = letter;
    const parked = `${ageText(now - deadLetteredAt)} ago`;
    return [
      plain(id),
      ...(dryRun ? [letter.outcome] : []),
      signal,
      reason,
      String(status ?? "-"),
      String(items),
      parked,
      plain(message),
    ];
  }
}

/** What a person must know besides the list: what is about to be lost, what is too old, what could not be seen. */
export function warningsOf({ groups, letters, leasedByOthers, newer }: DeadLetterReport, now: number): string[] {
  const first = Math.min(...groups.map(({ firstExpiresAt }) => firstExpiresAt));
  const soon = letters.filter(({ expiresAt }) => expiresAt - now < soonMs).length;
  const stale = new Map<string, number>();
  for (const letter of letters) {
    // Of what stayed for its age, that has been said.
    if (!letter.stale || letter.why !== undefined) continue;
    const { verdict, reason } = letter.stale;
    const words = {
      refused: "will probably be refused",
      partly: "will probably be refused in part",
      maybe: "may be refused",
    };
    const key = `${words[verdict]}: ${reason}`;
    stale.set(key, (stale.get(key) ?? 0) + 1);
  }
  return [
    ...(soon > 0
      ? [`${count(soon, "dead letter")} will expire within two days, the first in ${ageText(first - now)}.`]
      : []),
    ...[...stale].map(([reason, letters]) => `${count(letters, "dead letter")} ${reason}.`),
    ...(leasedByOthers > 0
      ? [`About ${count(leasedByOthers, "dead letter")} could not be seen: another command holds them.`]
      : []),
    ...(newer > 0 ? [`${count(newer, "dead letter")} came while this command ran and are left alone.`] : []),
  ];
}

/** The facts of a dead letter, a line each. */
export function factsText(letter: DeadLetterSummary, now: number): string {
  const at = (time: number | undefined) =>
    time === undefined
      ? "-"
      : `${new Date(time).toISOString()} (${ageText(Math.abs(now - time))} ${time > now ? "ahead" : "ago"})`;
  return table([
    ["id", plain(letter.id)],
    ["signal", letter.signal ?? "unknown"],
    ["services", plain(letter.services.join(", ")) || "-"],
    ["reason", `${letter.reason}${letter.status === undefined ? "" : ` (HTTP ${letter.status})`}`],
    ["message", plain(letter.message, 500)],
    ...objectRows(letter),
    ["items", String(letter.items)],
    ["size", sizeText(letter.bytes)],
    ["attempts", String(letter.attempts ?? "-")],
    ["replays", String(letter.replays)],
    ["accepted", at(letter.acceptedAt)],
    ["dead-lettered", at(letter.deadLetteredAt)],
    ["expires", at(letter.expiresAt)],
    ["oldest data", at(letter.oldestAt)],
    ["newest data", at(letter.newestAt)],
  ]);
}

function objectRows({ object }: DeadLetterSummary): string[][] {
  if (!object) return [];
  const { bucket, key, versionId, offset, until } = object;
  return [
    ["object", plain(`s3://${bucket}/${key}`, 1100)],
    ...(versionId === undefined ? [] : [["version", plain(versionId)]]),
    ["position", `byte ${offset} ${until === undefined ? "to the end" : `to ${until}`}, inflated`],
  ];
}

/** A span of time in its largest unit: `3 d`, `5 h`, `12 min`, `40 s`. */
export function ageText(ms: number): string {
  const units: readonly (readonly [number, string])[] = [
    [86_400_000, "d"],
    [3_600_000, "h"],
    [60_000, "min"],
  ];
  const unit = units.find(([size]) => ms >= 2 * size);
  return unit ? `${Math.round(ms / unit[0])} ${unit[1]}` : `${Math.max(0, Math.floor(ms / 1000))} s`;
}

/** `1 dead letter`, `2 dead letters`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** Somebody else's text, harmless for a terminal. */
export function plain(text: string, max = maxWords): string {
  return printable(text, max);
}

function sizeText(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 2 ** 20 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
