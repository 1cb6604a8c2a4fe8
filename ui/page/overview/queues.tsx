import type { Overview } from "../../../shared/overview/overview.ts";
import { bytesText, countText, spanText } from "../format.ts";
import { Bar } from "../parts/bar.tsx";
import { Heads } from "../parts/heads.tsx";
import { Empty, Panel, Wide } from "../parts/panel.tsx";

/** What waits, and how much of the room it takes. */
export function Queues({ overview: { queues, storage } }: { readonly overview: Overview }) {
  return (
    <Panel title="Queues">
      {storage && (
        <div class="limit">
          <Bar
            used={storage.bytes}
            of={storage.maxBytes}
            label={`${bytesText(storage.bytes)} of ${bytesText(storage.maxBytes)} used`}
          />
          <p class="note">
            {bytesText(storage.bytes)} of {bytesText(storage.maxBytes)}
            {storage.freeBytes !== undefined && ` · ${bytesText(storage.freeBytes)} free on the disk`}
          </p>
        </div>
      )}
      {queues.length === 0 ? (
        <Empty>This process has no queue of its own.</Empty>
      ) : (
        <Wide label="Queues">
          <table>
            <Heads texts={["Queue"]} numbers={["Messages", "Size", "Oldest"]} />
            <tbody>
              {queues.map(({ name, messages, bytes, oldestSeconds }) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td class={messages === 0 ? "number zero" : "number"}>{countText(messages)}</td>
                  <td class="number">{bytes === undefined ? "–" : bytesText(bytes)}</td>
                  <td class="number">{oldestSeconds ? spanText(oldestSeconds) : "–"}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </Panel>
  );
}
