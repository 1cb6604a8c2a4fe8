import { useEffect, useState } from "preact/hooks";
import type { DeadLetterGroup, DeadLetterReport } from "../../../shared/dead-letters/report.ts";
import type { About } from "../../about.ts";
import { Refused } from "../ask.ts";
import { bytesText, counted, countText, spanText } from "../format.ts";
import { Empty, Panel, Wide } from "../parts/panel.tsx";
import { TokenForm } from "../token.tsx";
import { Group } from "./group.tsx";
import { OrderDialog, type OrderDialogProps } from "./order-dialog.tsx";
import { order } from "./report.ts";

type Asked = Pick<OrderDialogProps, "action" | "selection" | "what">;

/** What no destination took: grouped, decoded, and what to do about it. */
export function DeadLettersView({ about }: { readonly about: About }) {
  const [report, setReport] = useState<DeadLetterReport & { readonly at: number }>();
  const [problem, setProblem] = useState<Refused>();
  const [isLooking, setIsLooking] = useState(false);
  const [chosen, setChosen] = useState<string>();
  const [asked, setAsked] = useState<Asked>();

  async function look(): Promise<void> {
    setIsLooking(true);
    setProblem(undefined);
    try {
      setReport({ ...(await order("list")), at: Date.now() });
    } catch (error) {
      setProblem(error instanceof Refused ? error : new Refused(String(error), 0));
    }
    setIsLooking(false);
  }
  useEffect(() => void look(), []);

  const groups = report?.groups ?? [];
  const group = groups.find((each) => keyOf(each) === chosen);
  const letters = groups.reduce((sum, each) => sum + each.letters, 0);
  const items = groups.reduce((sum, each) => sum + each.items, 0);
  return (
    <>
      <div class="heading">
        <h1>Dead letters</h1>
        <div class="buttons">
          <button type="button" onClick={() => void look()} disabled={isLooking}>
            {isLooking ? "Looking…" : "Look again"}
          </button>
          {letters > 0 && !about.readOnly && (
            <button
              type="button"
              class="main"
              onClick={() => setAsked({ action: "replay", selection: {}, what: "all dead letters" })}
            >
              Replay all…
            </button>
          )}
        </div>
      </div>
      {problem && (
        <p class="banner bad" role="alert">
          {problem.message}
        </p>
      )}
      {problem?.status === 401 && <TokenForm onToken={() => void look()} />}
      {report && (
        <Panel
          title="Groups"
          note={
            letters === 0
              ? undefined
              : `${counted(letters, "letter")} with ${counted(items, "item")}, by what they have in common. Looking at them hides them from other commands for a moment.`
          }
        >
          {letters === 0 ? (
            <Empty>There are none: everything that was accepted was taken, or is on its way.</Empty>
          ) : (
            <Groups groups={groups} chosen={chosen} now={report.at} onChoose={setChosen} />
          )}
          {report.leasedByOthers > 0 && (
            <p class="banner warn">
              About {counted(report.leasedByOthers, "letter")} could not be seen: another command holds them.
            </p>
          )}
          {report.ended !== "all" && <p class="banner warn">Not all were seen ({report.ended}): look again.</p>}
        </Panel>
      )}
      {group && report && (
        <Group
          key={chosen}
          group={group}
          report={report}
          now={report.at}
          readOnly={about.readOnly}
          onOrder={(action, selection) => setAsked({ action, selection, what: nameOf(group) })}
        />
      )}
      {asked && (
        <OrderDialog
          {...asked}
          onClose={(changed) => {
            setAsked(undefined);
            if (changed) void look();
          }}
        />
      )}
    </>
  );
}

function Groups({
  groups,
  chosen,
  now,
  onChoose,
}: {
  readonly groups: readonly DeadLetterGroup[];
  readonly chosen: string | undefined;
  readonly now: number;
  readonly onChoose: (key: string) => void;
}) {
  return (
    <Wide label="Groups">
      <table>
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col">Signal</th>
            <th scope="col">Services</th>
            <th scope="col" class="number">
              Letters
            </th>
            <th scope="col" class="number">
              Items
            </th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col" class="number">
              Here for
            </th>
            <th scope="col" class="number">
              First expires
            </th>
            <th scope="col" class="number">
              Too old
            </th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <tr key={keyOf(group)} class={keyOf(group) === chosen ? "chosen" : ""}>
              <th scope="row">
                <button
                  type="button"
                  class="link"
                  aria-pressed={keyOf(group) === chosen}
                  onClick={() => onChoose(keyOf(group))}
                >
                  {group.reason}
                </button>
              </th>
              <td>{group.signal}</td>
              <td class="names">{group.services}</td>
              <td class="number">{countText(group.letters)}</td>
              <td class="number">{countText(group.items)}</td>
              <td class="number">{bytesText(group.bytes)}</td>
              <td class="number">{spanText((now - group.oldestDeadLetteredAt) / 1000)}</td>
              <td class="number">in {spanText(Math.max(0, group.firstExpiresAt - now) / 1000)}</td>
              <td class={group.stale > 0 ? "number warn" : "number zero"}>{countText(group.stale)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

function keyOf({ reason, signal, services }: DeadLetterGroup): string {
  return JSON.stringify([reason, signal, services]);
}

function nameOf({ reason, signal, services }: DeadLetterGroup): string {
  return `${reason} ${signal} of ${services}`;
}
