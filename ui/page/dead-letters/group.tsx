import { useState } from "preact/hooks";
import type { DeadLetterEntry, DeadLetterGroup, DeadLetterReport } from "../../../shared/dead-letters/report.ts";
import { counted, countText, spanText } from "../format.ts";
import { Heads } from "../parts/heads.tsx";
import { Panel, Wide } from "../parts/panel.tsx";
import { download } from "./download.ts";
import { Letter } from "./letter.tsx";
import { isIn, type Selection, selectionOf } from "./report.ts";

const pageSize = 50;

export interface GroupProps {
  readonly group: DeadLetterGroup;
  readonly report: DeadLetterReport;
  readonly now: number;
  readonly readOnly: boolean;
  readonly onOrder: (action: "replay" | "discard", selection: Selection) => void;
}

/** The letters of one group, and what can be done about them. */
export function Group({ group, report, now, readOnly, onOrder }: GroupProps) {
  const [shown, setShown] = useState(pageSize);
  const [open, setOpen] = useState<string>();
  const [saved, setSaved] = useState("");
  const letters = report.letters.filter((letter) => isIn(group, letter));
  const selection = selectionOf(group, report.letters);
  const left = group.letters - Math.min(shown, letters.length);

  async function save(): Promise<void> {
    setSaved("Reading…");
    const done = await download(
      letters.map(({ id }) => id),
      setSaved,
    ).catch((error: Error) => error.message);
    setSaved(done);
  }

  return (
    <Panel title={`${group.reason} ${group.signal} of ${group.services}`}>
      <div class="buttons">
        {!readOnly && (
          <>
            <button type="button" class="main" onClick={() => onOrder("replay", selection)}>
              Replay…
            </button>
            <button type="button" class="danger" onClick={() => onOrder("discard", selection)}>
              Discard…
            </button>
          </>
        )}
        <button type="button" onClick={() => void save()}>
          Download
        </button>
        <span class="note" role="status">
          {saved}
        </span>
      </div>
      <Wide label="Letters">
        <table>
          <Heads texts={["What the destination said"]} numbers={["Status", "Items", "Data from", "Here for"]} />
          <tbody>
            {letters.slice(0, shown).map((letter) => (
              <Row
                key={letter.id}
                letter={letter}
                now={now}
                isOpen={open === letter.id}
                onToggle={() => setOpen(open === letter.id ? undefined : letter.id)}
              />
            ))}
          </tbody>
        </table>
      </Wide>
      {letters.length > shown ? (
        <p class="buttons">
          <button type="button" onClick={() => setShown(shown + pageSize * 4)}>
            Show more of {countText(letters.length)}
          </button>
        </p>
      ) : (
        left > 0 && <p class="note">{counted(left, "more letter")} are counted and not listed one by one.</p>
      )}
    </Panel>
  );
}

function Row({
  letter,
  now,
  isOpen,
  onToggle,
}: {
  readonly letter: DeadLetterEntry;
  readonly now: number;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}) {
  const { message, status, items, newestAt, deadLetteredAt, stale } = letter;
  return (
    <>
      <tr class={isOpen ? "chosen" : ""}>
        <th scope="row">
          <button type="button" class="link said" aria-expanded={isOpen} onClick={onToggle}>
            {message.slice(0, 160) || letter.id}
          </button>
        </th>
        <td class="number">{status ?? "–"}</td>
        <td class="number">{countText(items)}</td>
        <td class={stale?.verdict === "refused" ? "number warn" : "number"}>
          {newestAt === undefined ? "–" : `${spanText((now - newestAt) / 1000)} ago`}
        </td>
        <td class="number">{spanText((now - deadLetteredAt) / 1000)}</td>
      </tr>
      {isOpen && (
        <tr class="opened">
          <td colSpan={5}>
            <Letter letter={letter} now={now} />
          </td>
        </tr>
      )}
    </>
  );
}
