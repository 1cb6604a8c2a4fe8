import { useEffect, useState } from "preact/hooks";
import type { DeadLetterReport } from "../../../shared/dead-letters/report.ts";
import { counted, countText } from "../format.ts";
import { Bar } from "../parts/bar.tsx";
import { Dialog } from "../parts/dialog.tsx";
import { inPortions, itemsOf, order, type Progress, type Selection } from "./report.ts";

const portion = 200;
/** A portion with a rate takes about so long: that is how soon a stop takes effect. */
const portionSeconds = 5;

export interface OrderDialogProps {
  readonly action: "replay" | "discard";
  readonly selection: Selection;
  /** What is meant, in words: `rejected logs of checkout`. */
  readonly what: string;
  readonly onClose: (changed: boolean) => void;
}

/** Says how much an order is about (a dry run), asks, carries it out and shows how far it is. */
export function OrderDialog({ action, selection, what, onClose }: OrderDialogProps) {
  const [includeStale, setIncludeStale] = useState(false);
  const [rate, setRate] = useState("");
  const [comment, setComment] = useState("");
  const [planned, setPlanned] = useState<DeadLetterReport>();
  const [progress, setProgress] = useState<Progress>();
  const [problem, setProblem] = useState("");
  const [running, setRunning] = useState<AbortController>();
  const [ended, setEnded] = useState("");
  const all = Object.keys(selection).length === 0 ? { all: true } : {};
  const own = action === "replay" ? { includeStale } : { ...all, comment: comment || "dry run" };

  useEffect(() => {
    setPlanned(undefined);
    setProblem("");
    order(action, { ...selection, ...own, dryRun: true }).then(setPlanned, (error: Error) => setProblem(error.message));
  }, [includeStale]);

  async function carryOut(plan: DeadLetterReport): Promise<void> {
    const stop = new AbortController();
    setRunning(stop);
    setProblem("");
    const perLetter = Math.max(1, itemsOf(plan, ["planned"]) / Math.max(1, plan.counts.planned));
    const size = rate === "" ? portion : Math.max(1, Math.floor((Number(rate) * portionSeconds) / perLetter));
    const body = { ...selection, ...own, ...(rate !== "" && { rate: Number(rate) }) };
    try {
      const of = plan.counts.planned;
      const done = await inPortions({ action, body, size, of, stop: stop.signal, onProgress: setProgress });
      const failed = done.failed > 0 ? ` ${counted(done.failed, "letter")} could not be sent and stayed.` : "";
      setEnded(`${stop.signal.aborted ? "Stopped. " : ""}${doneText(action, done)}${failed}`);
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
    setRunning(undefined);
  }

  const counts = planned?.counts;
  const stays = counts ? counts.kept + counts.failed : 0;
  const title = `${action === "replay" ? "Replay" : "Discard"} ${what}`;
  return (
    <Dialog title={title} onClose={() => !running && onClose(progress !== undefined)}>
      <div role="status">
        {!counts && problem === "" && <p class="empty">Counting (a dry run)…</p>}
        {counts && ended === "" && (
          <p>
            {counts.planned === 0
              ? "Nothing"
              : `${counted(counts.planned, "letter")} with ${counted(itemsOf(planned, ["planned"]), "item")}`}{" "}
            {action === "replay" ? "would go back into the queue" : "would be deleted for good"}.
            {stays > 0 && ` ${counted(stays, "letter")} would stay${whyOf(planned)}.`}
          </p>
        )}
        {ended !== "" && <p class="banner good">{ended}</p>}
      </div>
      {problem !== "" && (
        <p class="banner bad" role="alert">
          {problem}
        </p>
      )}
      {progress && (
        <div class="limit">
          <Bar used={progress.done} of={progress.of} label={`${progress.done} of ${progress.of} letters`} />
          <p class="note">
            {countText(progress.done)} of {counted(progress.of, "letter")}, {counted(progress.items, "item")}
          </p>
        </div>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (planned) void carryOut(planned);
        }}
      >
        {action === "replay" && ended === "" && (
          <div class="fields">
            <label>
              At most this many items a second{" "}
              <input
                type="number"
                class="answer"
                min="1"
                placeholder="no limit"
                value={rate}
                onInput={(event) => setRate(event.currentTarget.value)}
                disabled={running !== undefined}
              />
            </label>
            <label>
              <input
                type="checkbox"
                checked={includeStale}
                onChange={(event) => setIncludeStale(event.currentTarget.checked)}
                disabled={running !== undefined}
              />{" "}
              Send also what the destination will probably find too old
            </label>
          </div>
        )}
        {action === "discard" && ended === "" && (
          <div class="fields">
            <label>
              Why: it is logged with each letter{" "}
              <input
                type="text"
                class="answer"
                value={comment}
                onInput={(event) => setComment(event.currentTarget.value)}
                required
                maxLength={300}
                disabled={running !== undefined}
              />
            </label>
          </div>
        )}
        <div class="buttons">
          {running ? (
            <button type="button" onClick={() => running.abort()} disabled={running.signal.aborted}>
              Stop
            </button>
          ) : (
            <button type="button" onClick={() => onClose(progress !== undefined)}>
              {ended === "" ? "Cancel" : "Close"}
            </button>
          )}
          {ended === "" && (
            <button
              type="submit"
              class={action === "replay" ? "main" : "danger"}
              disabled={!counts || counts.planned === 0 || running !== undefined}
            >
              {action === "replay" ? "Replay" : "Discard"} {counts ? counted(counts.planned, "letter") : "…"}
              {action === "discard" && " for good"}
            </button>
          )}
        </div>
      </form>
      {running && <p class="note">Closing this page stops it; what was sent stays sent.</p>}
    </Dialog>
  );
}

function doneText(action: "replay" | "discard", { done, items }: Progress): string {
  const what = `${counted(done, "letter")} with ${counted(items, "item")}`;
  return action === "replay" ? `${what} went back into the queue.` : `${what} were deleted.`;
}

function whyOf(report: DeadLetterReport | undefined): string {
  const [first] = report?.letters.filter(({ outcome, why }) => outcome === "kept" && why !== undefined) ?? [];
  return first?.why === undefined ? "" : `: ${first.why}`;
}
