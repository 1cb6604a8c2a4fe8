import { useState } from "preact/hooks";
import type { RecentLine } from "../../../shared/overview/recent.ts";
import { momentText } from "../format.ts";
import { Empty, Panel } from "../parts/panel.tsx";
import { usePoll } from "../use-poll.ts";

/** The newest lines of the log, of the process or of one component. */
export function LogView({ component }: { readonly component: string }) {
  const path = component === "" ? "sluice/log" : `sluice/log/${encodeURIComponent(component)}`;
  const { data = [], problem } = usePoll<readonly RecentLine[]>(path);
  const [text, setText] = useState("");
  const [level, setLevel] = useState("info");
  const found = data.filter((line) => order.indexOf(line.level) >= order.indexOf(level) && matches(line, text));
  return (
    <>
      <h1>Log</h1>
      <Panel
        title="Newest lines"
        note="What this process told since its start, at most 500 lines, whatever its log level is."
      >
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            Text <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
          </label>
          <label>
            At least{" "}
            <select value={level} onChange={(event) => setLevel(event.currentTarget.value)}>
              {order.map((each) => (
                <option key={each}>{each}</option>
              ))}
            </select>
          </label>
        </form>
        {problem && <p class="banner bad">{problem}</p>}
        <Lines lines={found} />
      </Panel>
    </>
  );
}

const order = ["info", "warn", "error"];

/** Lines of the log, the newest first. */
export function Lines({ lines }: { readonly lines: readonly RecentLine[] }) {
  if (lines.length === 0) return <Empty>No lines.</Empty>;
  return (
    <ol class="lines">
      {lines.toReversed().map((line, index) => (
        <li key={lines.length - index} class={line.level}>
          <time dateTime={new Date(line.at).toISOString()}>{momentText(line.at)}</time>
          <span class="level">{line.level}</span>
          <span>
            {line.message}
            <span class="fields">
              {[...(line.component ? [["component", line.component]] : []), ...Object.entries(line.fields)]
                .map(([key, value]) => ` ${key}=${value}`)
                .join("")}
            </span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function matches(line: RecentLine, text: string): boolean {
  const wanted = text.toLowerCase();
  if (wanted === "") return true;
  return `${line.message} ${line.component ?? ""} ${JSON.stringify(line.fields)}`.toLowerCase().includes(wanted);
}
