import type { LedgerRow } from "../../../shared/overview/ledger.ts";
import type { Overview } from "../../../shared/overview/overview.ts";
import { counted, countText, rateText } from "../format.ts";
import type { History } from "../history.ts";
import { Curve } from "../parts/curve.tsx";
import { Heads } from "../parts/heads.tsx";
import { Panel, Wide } from "../parts/panel.tsx";

type Column = readonly [title: string, of: (row: LedgerRow) => number, always: boolean];

const columns: readonly Column[] = [
  ["Accepted", (row) => row.accepted, true],
  ["Delivered", (row) => row.delivered, true],
  ["Rejected", (row) => row.rejected, true],
  ["Dead-lettered", (row) => row.deadLettered, true],
  ["Dropped by rules", (row) => row.dropped, false],
  ["Handed on", (row) => row.handedOn, false],
];

/** The ledger of each signal: what came in is somewhere. */
export function Ledger({ rows, history }: { readonly rows: readonly LedgerRow[]; readonly history: History }) {
  const shown = columns.filter(([, of, always]) => always || rows.some((row) => of(row) > 0));
  return (
    <Panel title="Ledger" note={verdict(rows)}>
      <Wide label="Ledger">
        <table>
          <Heads texts={["Signal"]} numbers={[...shown.map(([title]) => title), "In flight", "Rate"]} />
          <tbody>
            {rows.map((row) => (
              <Row key={row.signal} row={row} columns={shown} history={history} />
            ))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}

function Row({
  row,
  columns: shown,
  history,
}: {
  readonly row: LedgerRow;
  readonly columns: readonly Column[];
  readonly history: History;
}) {
  const accepted = (overview: Overview) => overview.ledger.find(({ signal }) => signal === row.signal)?.accepted ?? 0;
  return (
    <tr>
      <th scope="row" class="signal">
        {row.signal}
      </th>
      {shown.map(([title, of]) => (
        <td key={title} class={toneOf(title, of(row))}>
          {countText(of(row))}
        </td>
      ))}
      <td class="number">
        {row.inFlight === undefined ? (
          <span title="Several destinations or sources: see the queues">–</span>
        ) : (
          countText(row.inFlight)
        )}
      </td>
      <td class="number rate">
        <Curve values={history.curve(accepted)} />
        <span>{rateText(history.rate(accepted))}</span>
      </td>
    </tr>
  );
}

function toneOf(title: string, value: number): string {
  if (value === 0) return "number zero";
  if (title === "Dead-lettered") return "number bad";
  return title === "Rejected" ? "number warn" : "number";
}

function verdict(rows: readonly LedgerRow[]): string {
  const before = rows.reduce((sum, { fromBefore = 0 }) => sum + fromBefore, 0);
  const waited = before > 0 ? ` ${counted(before, "item")} of it waited from before the start.` : "";
  return `Items since the start. Accepted = delivered + rejected + dead-lettered + dropped by rules + in flight.${waited}`;
}
