import { useEffect, useState } from "preact/hooks";
import type { DeadLetterGroup, DeadLetterReport } from "../../../shared/dead-letters/report.ts";
import type { About } from "../../about.ts";
import { Refused } from "../ask.ts";
import { counted } from "../format.ts";
import { Empty, Panel } from "../parts/panel.tsx";
import { TokenForm } from "../token.tsx";
import { Group } from "./group.tsx";
import { Groups, keyOf } from "./groups.tsx";
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
      <Heading
        isLooking={isLooking}
        onLook={() => void look()}
        onReplayAll={
          letters > 0 && !about.readOnly
            ? () => setAsked({ action: "replay", selection: {}, what: "all dead letters" })
            : undefined
        }
      />
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

interface HeadingProps {
  readonly isLooking: boolean;
  readonly onLook: () => void;
  /** Absent where nothing can be replayed. */
  readonly onReplayAll: (() => void) | undefined;
}

function Heading({ isLooking, onLook, onReplayAll }: HeadingProps) {
  return (
    <div class="heading">
      <h1>Dead letters</h1>
      <div class="buttons">
        <button type="button" onClick={onLook} disabled={isLooking}>
          {isLooking ? "Looking…" : "Look again"}
        </button>
        {onReplayAll && (
          <button type="button" class="main" onClick={onReplayAll}>
            Replay all…
          </button>
        )}
      </div>
    </div>
  );
}

function nameOf({ reason, signal, services }: DeadLetterGroup): string {
  return `${reason} ${signal} of ${services}`;
}
