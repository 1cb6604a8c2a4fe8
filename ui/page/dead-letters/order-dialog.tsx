import { useState } from "preact/hooks";
import type { DeadLetterReport } from "../../../shared/dead-letters/report.ts";
import { counted, countText } from "../format.ts";
import { Bar } from "../parts/bar.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { OrderFields } from "./order-fields.tsx";
import { itemsOf, type Progress } from "./report.ts";
import { type Order, type OrderState, useOrder } from "./use-order.ts";

export interface OrderDialogProps extends Order {
  /** What is meant, in words: `rejected logs of checkout`. */
  readonly what: string;
  readonly onClose: (changed: boolean) => void;
}

/** Says how much an order is about (a dry run), asks, carries it out and shows how far it is. */
export function OrderDialog({ action, selection, what, onClose }: OrderDialogProps) {
  const [wishes, setWishes] = useState({ includeStale: false, rate: "", comment: "" });
  const state = useOrder({ action, selection }, wishes);
  const { planned, progress, problem, running, ended, carryOut } = state;
  const close = () => onClose(progress !== undefined);
  const title = `${action === "replay" ? "Replay" : "Discard"} ${what}`;
  return (
    <Dialog title={title} onClose={() => !running && close()}>
      <div role="status">
        {!planned && problem === "" && <p class="empty">Counting (a dry run)…</p>}
        {planned && ended === "" && <Plan action={action} planned={planned} />}
        {ended !== "" && <p class="banner good">{ended}</p>}
      </div>
      {problem !== "" && (
        <p class="banner bad" role="alert">
          {problem}
        </p>
      )}
      {progress && <HowFar progress={progress} />}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (planned) void carryOut(planned);
        }}
      >
        {ended === "" && (
          <OrderFields action={action} wishes={wishes} disabled={running !== undefined} onChange={setWishes} />
        )}
        <Buttons action={action} state={state} onClose={close} />
      </form>
      {running && <p class="note">Closing this page stops it; what was sent stays sent.</p>}
    </Dialog>
  );
}

function Plan({ action, planned }: Pick<Order, "action"> & { readonly planned: DeadLetterReport }) {
  const { counts } = planned;
  const stays = counts.kept + counts.failed;
  return (
    <p>
      {counts.planned === 0
        ? "Nothing"
        : `${counted(counts.planned, "letter")} with ${counted(itemsOf(planned, ["planned"]), "item")}`}{" "}
      {action === "replay" ? "would go back into the queue" : "would be deleted for good"}.
      {stays > 0 && ` ${counted(stays, "letter")} would stay${whyOf(planned)}.`}
    </p>
  );
}

function HowFar({ progress }: { readonly progress: Progress }) {
  return (
    <div class="limit">
      <Bar used={progress.done} of={progress.of} label={`${progress.done} of ${progress.of} letters`} />
      <p class="note">
        {countText(progress.done)} of {counted(progress.of, "letter")}, {counted(progress.items, "item")}
      </p>
    </div>
  );
}

interface ButtonsProps extends Pick<Order, "action"> {
  readonly state: OrderState;
  readonly onClose: () => void;
}

function Buttons({ action, state: { planned, running, ended }, onClose }: ButtonsProps) {
  return (
    <div class="buttons">
      {running ? (
        <button type="button" onClick={() => running.abort()} disabled={running.signal.aborted}>
          Stop
        </button>
      ) : (
        <button type="button" onClick={onClose}>
          {ended === "" ? "Cancel" : "Close"}
        </button>
      )}
      {ended === "" && (
        <button
          type="submit"
          class={action === "replay" ? "main" : "danger"}
          disabled={!planned || planned.counts.planned === 0 || running !== undefined}
        >
          {action === "replay" ? "Replay" : "Discard"} {planned ? counted(planned.counts.planned, "letter") : "…"}
          {action === "discard" && " for good"}
        </button>
      )}
    </div>
  );
}

function whyOf(report: DeadLetterReport): string {
  const [first] = report.letters.filter(({ outcome, why }) => outcome === "kept" && why !== undefined);
  return first?.why === undefined ? "" : `: ${first.why}`;
}
