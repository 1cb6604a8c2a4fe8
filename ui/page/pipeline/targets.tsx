import type { TargetRow } from "../../../shared/overview/pipeline.ts";
import { countText, momentText } from "../format.ts";
import { Heads } from "../parts/heads.tsx";
import { Panel, Wide } from "../parts/panel.tsx";
import { Pill } from "../parts/pill.tsx";
import { usePoll } from "../use-poll.ts";

const maxShown = 200;

/** What is scraped, and how it went last. */
export function Targets() {
  const { data = [] } = usePoll<readonly TargetRow[]>("sluice/targets", 5000);
  if (data.length === 0) return null;
  const bad = data.filter(({ health }) => health === "down").length;
  // What is down comes first.
  const rows = data.toSorted((a, b) => Number(b.health === "down") - Number(a.health === "down")).slice(0, maxShown);
  return (
    <Panel
      title="Scrape targets"
      note={`${countText(data.length)} in all, ${countText(bad)} down.${data.length > maxShown ? ` The first ${maxShown} are shown.` : ""}`}
    >
      <Wide label="Scrape targets">
        <table>
          <Heads texts={["Target", "Job", "State"]} numbers={["Last scrape", "Took", "Samples"]} />
          <tbody>
            {rows.map(({ component, job, url, health, error, lastScrape, duration, samples }) => (
              <tr key={`${component} ${job} ${url}`}>
                <th scope="row" class="names">
                  <code>{url}</code>
                </th>
                <td class="names">{job}</td>
                <td>
                  <Pill tone={health === "up" ? "good" : health === "down" ? "bad" : "quiet"}>{health}</Pill>{" "}
                  <span class="why">{error}</span>
                </td>
                <td class="number">{lastScrape === "" ? "–" : momentText(Date.parse(lastScrape))}</td>
                <td class="number">{lastScrape === "" ? "–" : duration}</td>
                <td class="number">{countText(samples)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}
