import { systemClock as clock } from "../shared/node/system-clock.ts";
import { type LetterContent, readContent } from "../shared/replay/content.ts";
import { surveyLetters } from "../shared/replay/survey.ts";
import { defineCommand, exitCodes } from "./command.ts";
import { exitCodeOf, showWalk } from "./dead-letters-end.ts";
import { placeOptions } from "./dead-letters-options.ts";
import { openLetters } from "./dead-letters-place.ts";
import { factsText, plain } from "./dead-letters-text.ts";
import { complain } from "./io.ts";

export const deadLettersShow = defineCommand({
  name: "dead-letters show",
  summary: "Show one dead letter: why it was parked, and its content, decoded",
  parameters: ["ID"],
  options: placeOptions,
  examples: [
    {
      line: "sluice dead-letters show 0f9a3c1e-7a55-4b1f-9a0e-2f3d4c5b6a79 --stage prod",
      says: "one letter, readable",
    },
    { line: "sluice dead-letters show ID --json | jq .content", says: "its content as OTLP/JSON" },
  ],
  async run({ args: [id = ""], options, io, show }) {
    const place = await openLetters(options, io, { holdSeconds: 60 });
    if (typeof place === "number") return place;
    const walk = showWalk("Looking for the letter", io);
    let content: LetterContent | undefined;
    try {
      const report = await surveyLetters(
        { ids: new Set([id]) },
        {
          ...place,
          ...walk.options,
          clock,
          action: "show",
          max: 1,
          take: async (letter) => {
            content = await readContent(letter);
          },
        },
      );
      walk.dispose();
      const [letter] = report.letters;
      if (letter && content) {
        const readable = content.kind === "request" ? { content: content.json() } : { raw: content.body };
        const text = content.kind === "request" ? JSON.stringify(readable.content, null, 2) : rawText(content);
        show({ data: { ...letter, ...readable }, text: `${factsText(letter, clock.now())}\n\n${text}` });
        return exitCodes.ok;
      }
      if (report.ended !== "all") return exitCodeOf(report, io);
      const others = report.heldByOthers > 0 ? " Another command holds some letters: try again in two minutes." : "";
      complain(io, `There is no dead letter ${plain(id)}.${others}`, `See: sluice dead-letters list ${place.flag}`);
      return exitCodes.bad;
    } finally {
      walk.dispose();
      place.close();
    }
  },
});

const maxRaw = 4000;

function rawText({ body, why }: Extract<LetterContent, { kind: "raw" }>): string {
  return `It cannot be decoded: ${plain(why, 500)}\n${body.length} bytes as they are:\n${plain(body, maxRaw)}`;
}
