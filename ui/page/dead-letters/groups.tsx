import type { DeadLetterGroup } from "../../../shared/dead-letters/report.ts";
import { bytesText, countText, spanText } from "../format.ts";
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
        <thead>
          <tr>
            <th scope="col">Reason</th>
            <th scope="col">Signal</th>
            <th scope="col">Services</th>
            <th scope="col" class="number">
              Letters
            </th>
            <th scope="col" class="number">
              Items
            </th>
            <th scope="col" class="number">
              Size
            </th>
            <th scope="col" class="number">
              Here for
            </th>
            <th scope="col" class="number">
              First expires
            </th>
            <th scope="col" class="number">
              Too old
            </th>
          </tr>
        </thead>
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
