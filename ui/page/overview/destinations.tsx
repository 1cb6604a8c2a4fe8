import type { DestinationRow, Overview } from "../../../shared/overview/overview.ts";
import { countText, momentText, rateText, spanText } from "../format.ts";
import type { History } from "../history.ts";
import { Heads } from "../parts/heads.tsx";
import { Empty, Panel, Wide } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";

/** Where it goes: up or down, why, and until when. */
export function Destinations({
  rows,
  history,
  now,
}: {
  readonly rows: readonly DestinationRow[];
  readonly history: History;
  readonly now: number;
}) {
  return (
    <Panel title="Destinations">
      {rows.length === 0 ? (
        <Empty>Nothing has been sent to a destination yet.</Empty>
      ) : (
        <Wide label="Destinations">
          <table>
            <Heads
              texts={["Destination", "State"]}
              numbers={["Delivered", "Rate", "Exports", "Retried", "Mean time"]}
            />
            <tbody>
              {rows.map((row) => (
                <tr key={row.name}>
                  <th scope="row">
                    <code>{row.name}</code>
                  </th>
                  <td>
                    <State row={row} now={now} />
                  </td>
                  <td class="number">{countText(row.delivered)}</td>
                  <td class="number">{rateText(history.rate((overview) => deliveredTo(overview, row.name)))}</td>
                  <td class="number">{countText(row.exports)}</td>
                  <td class={row.retried > 0 ? "number warn" : "number zero"}>{countText(row.retried)}</td>
                  <td class="number">{row.meanSeconds === undefined ? "–" : spanText(row.meanSeconds)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </Panel>
  );
}

function State({ row, now }: { readonly row: DestinationRow; readonly now: number }) {
  if (row.up === true) return <Pill tone="good">up</Pill>;
  if (row.up === undefined && row.reason === undefined) return <Pill tone="quiet">not tried yet</Pill>;
  const { since, retryAt, reason } = row;
  return (
    <>
      <Pill tone="bad">down</Pill>{" "}
      <span class="why">
        {since !== undefined && `since ${momentText(since)}`}
        {reason !== undefined && `: ${reason}`}
        {retryAt !== undefined && retryAt > now && ` · next try in ${spanText((retryAt - now) / 1000)}`}
      </span>
    </>
  );
}

function deliveredTo(overview: Overview, name: string): number {
  return overview.destinations.find((row) => row.name === name)?.delivered ?? 0;
}
