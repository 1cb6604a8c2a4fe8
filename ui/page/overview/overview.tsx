import type { Overview } from "../../../shared/overview/overview.ts";
import { bytesText, counted, countText, rateText, spanText } from "../format.ts";
import type { History } from "../history.ts";
import { Curve } from "../parts/curve.tsx";
import { hrefOf } from "../route.ts";
import { Destinations } from "./destinations.tsx";
import { Ledger } from "./ledger.tsx";
import { ProcessPanel } from "./process.tsx";
import { Queues } from "./queues.tsx";

const deadLetterQueue = "dead-letters";

/** The first view: whether everything that was accepted is where it belongs, and what is stuck. */
export function OverviewView({ overview, history }: { readonly overview: Overview; readonly history: History }) {
  const accepted = (each: Overview) => sum(each.ledger.map((row) => row.accepted));
  const delivered = (each: Overview) => sum(each.ledger.map((row) => row.delivered));
  const waiting = overview.queues.filter(({ name }) => name !== deadLetterQueue);
  const oldest = Math.max(0, ...waiting.map(({ oldestSeconds = 0 }) => oldestSeconds));
  const letters = sum(overview.queues.filter(({ name }) => name === deadLetterQueue).map(({ messages }) => messages));
  const held = sum(overview.ledger.map(({ deadLettered }) => deadLettered));
  return (
    <>
      <h1>Overview</h1>
      <ul class="figures">
        <Figure label="Accepted" value={rateText(history.rate(accepted)) || "…"}>
          <Curve values={history.curve(accepted)} />
          <span>{counted(accepted(overview), "item")} since the start</span>
        </Figure>
        <Figure label="Delivered" value={rateText(history.rate(delivered)) || "…"}>
          <Curve values={history.curve(delivered)} />
          <span>{counted(delivered(overview), "item")} since the start</span>
        </Figure>
        <Figure label="Oldest waiting" value={oldest > 0 ? spanText(oldest) : "none"} tone={oldest > 300 ? "warn" : ""}>
          <span>
            {counted(sum(waiting.map(({ messages }) => messages)), "batch").replace("batchs", "batches")} waiting,{" "}
            {bytesText(sum(waiting.map(({ bytes = 0 }) => bytes)))}
          </span>
        </Figure>
        <Figure label="Dead letters" value={countText(letters)} tone={letters > 0 ? "bad" : ""}>
          <span>
            {held === 0 ? "nothing was refused since the start" : `${counted(held, "item")} since the start`}
            {letters > 0 && <a href={hrefOf("dead-letters")}>Look at them</a>}
          </span>
        </Figure>
      </ul>
      <Ledger rows={overview.ledger} history={history} />
      <Destinations rows={overview.destinations} history={history} now={overview.at} />
      <div class="pair">
        <Queues overview={overview} />
        <ProcessPanel overview={overview} history={history} />
      </div>
    </>
  );
}

function Figure({
  label,
  value,
  tone = "",
  children,
}: {
  readonly label: string;
  readonly value: string;
  readonly tone?: string;
  readonly children: preact.ComponentChildren;
}) {
  return (
    <li class={`figure ${tone}`}>
      <span class="label">{label}</span>
      <strong>{value}</strong>
      <div class="below">{children}</div>
    </li>
  );
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
