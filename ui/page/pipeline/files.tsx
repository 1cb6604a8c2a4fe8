import type { TailedFileRow } from "../../../shared/overview/pipeline.ts";
import { bytesText, countText } from "../format.ts";
import { Heads } from "../parts/heads.tsx";
import { Panel, Wide } from "../parts/panel.tsx";
import { usePoll } from "../use-poll.ts";

const maxShown = 200;

/** Files that are followed: how far, and how much is still to be read. */
export function Files() {
  const { data = [] } = usePoll<readonly TailedFileRow[]>("sluice/files", 5000);
  if (data.length === 0) return null;
  const rows = data.toSorted((a, b) => lagOf(b) - lagOf(a)).slice(0, maxShown);
  return (
    <Panel title="Tailed files" note={`${countText(data.length)} in all, those that are furthest behind first.`}>
      <Wide label="Tailed files">
        <table>
          <Heads texts={["File", "Component"]} numbers={["Position", "Lag"]} />
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.component} ${row.path}`}>
                <th scope="row" class="names">
                  <code>{row.path}</code>
                </th>
                <td>
                  <code>{row.component}</code>
                </td>
                <td class="number">{bytesText(row.position)}</td>
                <td class={lagOf(row) > 0 ? "number warn" : "number zero"}>
                  {row.size === undefined ? "gone" : bytesText(lagOf(row))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}

function lagOf({ size = 0, position }: TailedFileRow): number {
  return Math.max(0, size - position);
}
