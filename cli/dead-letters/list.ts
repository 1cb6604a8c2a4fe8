import { surveyDeadLetters } from "../../shared/dead-letters/survey.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { defineCommand, exitCodes } from "../command.ts";
import { exitCodeOf, showWalk } from "./end.ts";
import { openQueues } from "./open-queues.ts";
import { orderOf, placeOptions, reasonOption, selectionOptions } from "./options.ts";
import { listText, warningsOf } from "./text.ts";

/** `sluice dead-letters list`. */
export const deadLettersList = defineCommand({
  name: "dead-letters list",
  summary: "List dead letters, grouped by signal, service and reason",
  details:
    "It receives every dead letter and puts it back: while it runs, a replay elsewhere does not see them. Ages and expiry count from the queue's own times.",
  options: { ...placeOptions, ...selectionOptions, reason: reasonOption },
  examples: [
    { line: "sluice dead-letters list --stage prod", comment: "what was dead-lettered in prod, and why" },
    {
      line: "sluice dead-letters list --local --signal logs --since 6h",
      comment: "logs of the stack that `npm start` runs",
    },
    { line: "sluice dead-letters list --json | jq '.letters[].id'", comment: "every id, for a script" },
  ],
  async run({ options, io, show }) {
    const order = orderOf(options, { action: "list", io, now: clock.now() });
    if (!order) return exitCodes.usage;
    const place = await openQueues(options, io, { leaseSeconds: 60 });
    if (typeof place === "number") return place;
    const walk = showWalk("Looking at dead letters", io);
    try {
      const report = await surveyDeadLetters(order.selection, { ...place, ...walk.options, clock, action: "list" });
      walk.dispose();
      const now = clock.now();
      show({ data: { stage: place.stage, ...report }, text: listText(report, now) });
      for (const warning of warningsOf(report, now)) io.say(`Warning: ${warning}`);
      return exitCodeOf(report, io);
    } finally {
      walk.dispose();
      place.close();
    }
  },
});
