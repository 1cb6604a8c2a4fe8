import type { DeadLetterGroup } from "../../../shared/dead-letters/report.ts";
import { bytesText, countText, spanText } from "../format.ts";
import { Heads } from "../parts/heads.tsx";
import { Wide } from "../parts/panel.tsx";

/** The groups as a table; a press on one chooses it. */
export function Groups({
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
        <Heads
          texts={["Reason", "Signal", "Services"]}
          numbers={["Letters", "Items", "Size", "Here for", "First expires", "Too old"]}
        />
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

/** What tells groups apart. */
export function keyOf({ reason, signal, services }: DeadLetterGroup): string {
  return JSON.stringify([reason, signal, services]);
}
