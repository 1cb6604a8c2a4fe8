import { type ShownContent, showDeadLetters } from "../../shared/dead-letters/show.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { defineCommand, exitCodes } from "../command.ts";
import { complain } from "../terminal/io.ts";
import { exitCodeOf, showWalk } from "./end.ts";
import { openQueues } from "./open-queues.ts";
import { placeOptions } from "./options.ts";
import { factsText, plain } from "./text.ts";

/** `sluice dead-letters show`. */
export const deadLettersShow = defineCommand({
  name: "dead-letters show",
  summary: "Show one dead letter: why it was dead-lettered, and its content, decoded",
  parameters: ["ID"],
  options: placeOptions,
  examples: [
    {
      line: "sluice dead-letters show 0f9a3c1e-7a55-4b1f-9a0e-2f3d4c5b6a79 --stage prod",
      comment: "one dead letter, readable",
    },
    { line: "sluice dead-letters show ID --json | jq .content", comment: "its content as OTLP/JSON" },
  ],
  async run({ args: [id = ""], options, io, show }) {
    const place = await openQueues(options, io, { leaseSeconds: 60 });
    if (typeof place === "number") return place;
    const walk = showWalk("Looking for the dead letter", io);
    try {
      const report = await showDeadLetters(new Set([id]), { ...place, ...walk.options, clock });
      walk.dispose();
      const [letter] = report.letters;
      const shown = letter && report.contents[letter.id];
      if (letter && shown) {
        const text = "content" in shown ? JSON.stringify(shown.content, null, 2) : rawText(shown);
        show({ data: { ...letter, ...shown }, text: `${factsText(letter, clock.now())}\n\n${text}` });
        return exitCodes.ok;
      }
      if (report.ended !== "all") return exitCodeOf(report, io);
      const others =
        report.leasedByOthers > 0 ? " Another command holds some dead letters: try again in two minutes." : "";
      complain(io, `There is no dead letter ${plain(id)}.${others}`, `See: sluice dead-letters list ${place.flag}`);
      return exitCodes.bad;
    } finally {
      walk.dispose();
      place.close();
    }
  },
});

const maxRaw = 4000;

function rawText(shown: Exclude<ShownContent, { content: unknown }>): string {
  const why = `It cannot be shown: ${plain(shown.why, 500)}`;
  return "raw" in shown ? `${why}\n${shown.raw.length} bytes as they are:\n${plain(shown.raw, maxRaw)}` : why;
}
