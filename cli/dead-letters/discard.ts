import { type DiscardOrder, discardDeadLetters } from "../../shared/dead-letters/discard.ts";
import type { DeadLetterReport } from "../../shared/dead-letters/report.ts";
import { openReplayJournal } from "../../shared/node/replay-journal.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { defineCommand, type ExitCode, exitCodes } from "../command.ts";
import { ask } from "../terminal/ask.ts";
import { complain, type Io } from "../terminal/io.ts";
import type { DeadLetterQueues } from "./dead-letter-queues.ts";
import { exitCodeOf, showWalk } from "./end.ts";
import { deadLetterEvents } from "./events.ts";
import { openQueues, stateDirectory } from "./open-queues.ts";
import { dryRunOption, maxOption, orderOf, placeOptions, reasonOption, selectionOptions } from "./options.ts";
import { count, listText } from "./text.ts";

/** `sluice dead-letters discard`. */
export const deadLettersDiscard = defineCommand({
  name: "dead-letters discard",
  summary: "Delete dead letters for good",
  details:
    "It shows what would be deleted and asks; --yes answers for you. They cannot be restored: export them first if anybody may need them.",
  options: {
    ...placeOptions,
    ...selectionOptions,
    reason: reasonOption,
    max: maxOption,
    all: { type: "boolean", help: "Every dead letter, where nothing else is selected" },
    comment: {
      type: "string",
      placeholder: "TEXT",
      help: "Why, in your own words: logged with each dead letter (required)",
    },
    yes: { type: "boolean", help: "Do not ask" },
    "dry-run": dryRunOption,
  },
  examples: [
    {
      line: 'sluice dead-letters discard --stage prod --service load-test --comment "load test of Friday"',
      comment: "asks, then deletes",
    },
    {
      line: 'sluice dead-letters discard --signal metrics --until 3d --comment "too old" --yes',
      comment: "in a script",
    },
  ],
  async run({ options, io, show }) {
    const order = orderOf(options, { action: "discard", io, now: clock.now() });
    if (!order) return exitCodes.usage;
    if (!options.yes && !order.dryRun && !io.interactive) {
      complain(
        io,
        "Discarding deletes data for good, and nobody can be asked here.",
        "Add --yes, or --dry-run to look.",
      );
      return exitCodes.usage;
    }
    const place = await openQueues(options, io, { leaseSeconds: 120 });
    if (typeof place === "number") return place;
    const journal = openJournal(io);
    const walk = (given: DiscardOrder) => discardAt(place, given, { io, journal });
    try {
      const looked = order.dryRun || !options.yes ? await walk({ ...order, dryRun: true }) : undefined;
      if (looked && (order.dryRun || looked.counts.planned === 0)) return end(looked);
      if (looked && !(await isMeant(looked, io))) return exitCodes.bad;
      // Those that were shown, and no others.
      const selection = looked ? { ids: new Set(looked.letters.map(({ id }) => id)) } : order.selection;
      return end(await walk({ ...order, selection }));
    } finally {
      journal?.dispose();
      place.close();
    }

    function end(report: DeadLetterReport): ExitCode {
      const { discarded, failed, notSelected } = report.counts;
      const done = `${count(discarded, "dead letter")} discarded, ${failed} failed, ${notSelected} not selected`;
      show({ data: report, text: report.dryRun ? listText(report, clock.now()) : done });
      return exitCodeOf(report, io);
    }
  },
});

type OpenJournal = ReturnType<typeof openReplayJournal>;

async function discardAt(
  place: DeadLetterQueues,
  order: DiscardOrder,
  { io, journal = none }: { readonly io: Io; readonly journal: Pick<OpenJournal, "close"> | undefined },
): Promise<DeadLetterReport & { readonly stage: string }> {
  const walk = showWalk(order.dryRun ? "Looking at dead letters" : "Discarding dead letters", io);
  try {
    const report = await discardDeadLetters(order, {
      ...place,
      ...walk.options,
      journal,
      clock,
      emit: deadLetterEvents(),
    });
    return { stage: place.stage, ...report };
  } finally {
    walk.dispose();
  }
}

/** Only to clear what is discarded from it: without a journal there is nothing to clear. */
function openJournal(io: Io): OpenJournal | undefined {
  try {
    return openReplayJournal(stateDirectory(io), clock.now());
  } catch {
    return undefined;
  }
}

const none = { close: async () => {} };

async function isMeant(looked: DeadLetterReport, io: Io): Promise<boolean> {
  io.say(listText(looked, clock.now()));
  const question = `Delete ${count(looked.counts.planned, "dead letter")} for good? Type yes: `;
  if ((await ask(question, { hidden: false }))?.trim() === "yes") return true;
  io.say("Nothing was discarded.");
  return false;
}
