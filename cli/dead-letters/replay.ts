import { replayDeadLetters } from "../../shared/dead-letters/replay.ts";
import type { DeadLetterReport } from "../../shared/dead-letters/report.ts";
import { errorText } from "../../shared/error-text.ts";
import { openReplayJournal } from "../../shared/node/replay-journal.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { defineCommand, exitCodes } from "../command.ts";
import { complain } from "../terminal/io.ts";
import { exitCodeOf, showWalk } from "./end.ts";
import { deadLetterEvents } from "./events.ts";
import { openQueues, stateDirectory } from "./open-queues.ts";
import { dryRunOption, maxOption, orderOf, placeOptions, reasonOption, selectionOptions } from "./options.ts";
import { count, listText, warningsOf } from "./text.ts";

/** `sluice dead-letters replay`. */
export const deadLettersReplay = defineCommand({
  name: "dead-letters replay",
  summary: "Put dead letters back into the queue, to be delivered again",
  details:
    "Fix first what they were refused for. It asks nothing, may be interrupted at any point, and continues where it was when it is called again. Dead letters that the destination would refuse for their age stay, unless --include-stale is given.",
  options: {
    ...placeOptions,
    ...selectionOptions,
    reason: reasonOption,
    max: maxOption,
    rate: {
      type: "string",
      placeholder: "ITEMS",
      help: "At most this many items (spans, data points, records) per second",
    },
    "include-stale": { type: "boolean", help: "Also what the destination will probably refuse for its age" },
    "dry-run": dryRunOption,
  },
  examples: [
    { line: "sluice dead-letters replay --stage prod --dry-run", comment: "what would be sent, and what is too old" },
    {
      line: "sluice dead-letters replay --stage prod --reason rejected --rate 5000",
      comment: "after the limit was raised",
    },
    { line: "sluice dead-letters replay --service checkout --since 6h --max 10", comment: "a few first" },
  ],
  async run({ options, io, show }) {
    const order = orderOf(options, { action: "replay", io, now: clock.now() });
    if (!order) return exitCodes.usage;
    const place = await openQueues(options, io, { leaseSeconds: 120 });
    if (typeof place === "number") return place;
    const journal = openJournal();
    if (typeof journal === "string") {
      place.close();
      const fix = "Set SLUICE_STATE_DIR to a directory that stays: without it, an interrupted replay sends twice.";
      complain(io, `The journal of replays cannot be opened: ${journal}`, fix);
      return exitCodes.failed;
    }
    const uncertain = [...(await journal.open())].filter(([, state]) => state === "sending").map(([id]) => id);
    if (uncertain.length > 0) {
      const ids = `${uncertain.slice(0, 10).join(", ")}${uncertain.length > 10 ? ", …" : ""}`;
      io.say(`An earlier replay was interrupted while it sent ${count(uncertain.length, "dead letter")}: ${ids}.`);
      io.say("  What is still there is sent again, and may arrive twice.");
    }
    const walk = showWalk(order.dryRun ? "Looking at dead letters" : "Replaying dead letters", io);
    try {
      const report = await replayDeadLetters(order, {
        ...place,
        ...walk.options,
        patienceMs: order.dryRun ? 0 : place.leaseSeconds * 1000,
        journal,
        clock,
        emit: deadLetterEvents(),
      });
      walk.dispose();
      const now = clock.now();
      const text = order.dryRun ? `${listText(report, now)}\n\n${countsText(report)}` : countsText(report);
      show({ data: { stage: place.stage, ...report }, text });
      for (const line of notesOf(report)) io.say(line);
      for (const warning of warningsOf(report, now)) io.say(`Warning: ${warning}`);
      return exitCodeOf(report, io);
    } finally {
      walk.dispose();
      journal.dispose();
      place.close();
    }

    function openJournal(): ReturnType<typeof openReplayJournal> | string {
      try {
        return openReplayJournal(stateDirectory(io), clock.now());
      } catch (error) {
        return errorText(error);
      }
    }
  },
});

function countsText({ counts, dryRun }: DeadLetterReport): string {
  const { replayed, planned, kept, failed, notSelected } = counts;
  if (dryRun) return `${count(planned, "dead letter")} would be replayed, ${kept} kept, ${notSelected} not selected`;
  return `${count(replayed, "dead letter")} replayed, ${kept} kept, ${failed} failed, ${notSelected} not selected`;
}

/** What is to be known of single letters: why they stayed, and which may arrive twice. */
function notesOf({ counts, letters, dryRun }: DeadLetterReport): string[] {
  const { finished, maybeTwice, unconfirmed } = counts;
  const kept = new Map<string, number>();
  for (const { outcome, why } of letters) {
    if (why !== undefined) kept.set(`${outcome}: ${why}`, (kept.get(`${outcome}: ${why}`) ?? 0) + 1);
  }
  const would = dryRun ? "would be" : "were";
  return [
    ...[...kept].map(([why, letters]) => `${count(letters, "dead letter")} ${why}.`),
    ...(finished > 0
      ? [`${count(finished, "dead letter")} had been sent by an earlier replay and ${would} only deleted.`]
      : []),
    ...(maybeTwice > 0
      ? [
          `${count(maybeTwice, "dead letter")} may arrive twice: an earlier replay was interrupted while it sent them (maybeTwice in --json).`,
        ]
      : []),
    ...(unconfirmed > 0
      ? [
          `${count(unconfirmed, "dead letter")} sent, but not confirmed to be deleted: the next replay deletes them without sending them.`,
        ]
      : []),
  ];
}
