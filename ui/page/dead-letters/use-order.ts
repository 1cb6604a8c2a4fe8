import { useEffect, useState } from "preact/hooks";
import type { DeadLetterReport } from "../../../shared/dead-letters/report.ts";
import { errorText } from "../../../shared/error-text.ts";
import { counted } from "../format.ts";
import { inPortions, itemsOf, order, type Progress, type Selection } from "./report.ts";

const portion = 200;
/** A portion with a rate takes about so long: that is how soon a stop takes effect. */
const portionSeconds = 5;

/** What is to be done with which dead letters. */
export interface Order {
  readonly action: "replay" | "discard";
  readonly selection: Selection;
}

/** What a person may say about an order; `rate` is a number as text, empty for no limit. */
export interface OrderWishes {
  readonly includeStale: boolean;
  readonly rate: string;
  readonly comment: string;
}

/** How far an order is. */
export interface OrderState {
  /** What a dry run has found. */
  readonly planned: DeadLetterReport | undefined;
  readonly progress: Progress | undefined;
  /** Empty: none. */
  readonly problem: string;
  /** Present while it runs: what stops it. */
  readonly running: AbortController | undefined;
  /** What has come of it; empty before. */
  readonly ended: string;
  carryOut(plan: DeadLetterReport): Promise<void>;
}

/** Plans an order with a dry run, and carries it out in portions. */
export function useOrder({ action, selection }: Order, { includeStale, rate, comment }: OrderWishes): OrderState {
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
      setProblem(errorText(error));
    }
    setRunning(undefined);
  }

  return { planned, progress, problem, running, ended, carryOut };
}

function doneText(action: Order["action"], { done, items }: Progress): string {
  const what = `${counted(done, "letter")} with ${counted(items, "item")}`;
  return action === "replay" ? `${what} went back into the queue.` : `${what} were deleted.`;
}
