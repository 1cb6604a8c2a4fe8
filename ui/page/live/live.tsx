import { useState } from "preact/hooks";
import type { PipelineView } from "../../../shared/overview/pipeline.ts";
import { Empty, Panel } from "../parts/panel.tsx";
import { usePoll } from "../use-poll.ts";
import { Copy } from "./copy.tsx";
import { type Filter, Filters } from "./filters.tsx";
import { type Line, useLines } from "./use-lines.ts";

/** What passes a component, as lines: filtered here, sampled there, never more than fits. */
export function LiveView({ id }: { readonly id: string }) {
  const { data } = usePoll<PipelineView>("sluice/pipeline", 10_000);
  const [filter, setFilter] = useState<Filter>({ share: "1", edge: "", text: "" });
  const [isPaused, setIsPaused] = useState(false);
  const { lines, problem } = useLines(id, Number(filter.share), isPaused);
  const found = lines.filter(shownBy(filter));
  return (
    <>
      <h1>Live</h1>
      <Panel
        title="What passes"
        note="Only while this page looks at it, and only where the configuration says livedebugging { enabled = true }."
      >
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <Filters id={id} pipeline={data} filter={filter} onChange={setFilter} />
          <button type="button" aria-pressed={isPaused} onClick={() => setIsPaused(!isPaused)} disabled={id === ""}>
            {isPaused ? "Go on" : "Pause"}
          </button>
          <Copy lines={found} />
        </form>
        {problem !== "" && <p class="banner warn">{problem}</p>}
        {id === "" && <Empty>Choose a component.</Empty>}
        {id !== "" && problem === "" && found.length === 0 && <Empty>Nothing has passed yet.</Empty>}
        <ol class="lines passing">
          {found.toReversed().map((line) => (
            <li key={line.key}>
              <span class="level" title={line.peer}>
                {line.way === "note" ? "" : line.way}
              </span>
              <span>{line.text}</span>
            </li>
          ))}
        </ol>
      </Panel>
    </>
  );
}

/** Whether a line is of the chosen edge and has every word. */
function shownBy({ edge, text }: Filter): (line: Line) => boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  return (line) =>
    (edge === "" || `${line.way} ${line.peer}` === edge || line.way === "note") &&
    words.every((word) => line.text.toLowerCase().includes(word));
}
