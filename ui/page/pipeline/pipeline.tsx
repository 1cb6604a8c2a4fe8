import { useState } from "preact/hooks";
import type { PipelineView } from "../../../shared/overview/pipeline.ts";
import type { About } from "../../about.ts";
import { rateText } from "../format.ts";
import { Graph } from "../graph/graph.tsx";
import { Heads } from "../parts/heads.tsx";
import { Empty, Panel, Wide } from "../parts/panel.tsx";
import { hrefOf } from "../route.ts";
import { usePoll } from "../use-poll.ts";
import { Files } from "./files.tsx";
import { HealthPill } from "./health-pill.tsx";
import { Reload } from "./reload.tsx";
import { Targets } from "./targets.tsx";

/** The components of the configuration: how they are, and what goes from one to the other. */
export function PipelineGraph({ about, moduleId }: { readonly about: About; readonly moduleId: string }) {
  const [seen, setSeen] = useState<readonly PipelineView[]>([]);
  const [text, setText] = useState("");
  const path = moduleId === "" ? "sluice/pipeline" : `sluice/pipeline/${encodeURIComponent(moduleId)}`;
  const take = (view: PipelineView) => setSeen((before) => [...before, view].slice(-5));
  const { data: view, problem } = usePoll<PipelineView>(path, 2000, take);
  const rates = view ? ratesOf(seen, view) : [];
  const found = view?.components.filter(({ id }) => id.includes(text)) ?? [];
  return (
    <>
      <div class="heading">
        <h1>{moduleId === "" ? "Pipeline" : `Module ${moduleId}`}</h1>
        {!about.readOnly && <Reload />}
      </div>
      {problem && <p class="banner bad">{problem}</p>}
      <Panel
        title="Graph"
        note="Solid ways carry items, with their rate now; dotted ones are uses of what another component exports."
      >
        {view && view.components.length === 0 && <Empty>The configuration has no components.</Empty>}
        {view && view.components.length > 0 && <Graph view={view} rates={rates} />}
      </Panel>
      <Targets />
      <Files />
      <Panel title="Components">
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            Find <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
          </label>
        </form>
        <Wide label="Components">
          <table>
            <Heads texts={["Component", "Health"]} numbers={["In", "Out"]} />
            <tbody>
              {found.map(({ id, health, modules }) => (
                <tr key={id}>
                  <th scope="row">
                    <a href={hrefOf("pipeline", id)}>
                      <code>{id}</code>
                    </a>{" "}
                    {modules.map((each) => (
                      <a key={each} class="inner" href={hrefOf("module", each)}>
                        its module
                      </a>
                    ))}
                  </th>
                  <td>
                    <HealthPill health={health} />{" "}
                    {health.state !== "healthy" && <span class="why">{health.message}</span>}
                  </td>
                  <td class="number">{view && rateText(sumOf(view, rates, ({ to }) => to === id))}</td>
                  <td class="number">{view && rateText(sumOf(view, rates, ({ from }) => from === id))}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </Panel>
    </>
  );
}

/** Items a second over each edge of the newest view, between it and the oldest that has the edge. */
function ratesOf(seen: readonly PipelineView[], view: PipelineView): readonly (number | undefined)[] {
  const first = seen.find(({ at }) => at < view.at);
  if (!first) return [];
  const before = new Map(first.edges.map((edge) => [`${edge.from} ${edge.to} ${edge.kind}`, edge.items]));
  return view.edges.map(({ from, to, kind, items }) => {
    const was = before.get(`${from} ${to} ${kind}`) ?? 0;
    return Math.max(0, ((items - was) * 1000) / (view.at - first.at));
  });
}

function sumOf(
  view: PipelineView,
  rates: readonly (number | undefined)[],
  wants: (edge: PipelineView["edges"][number]) => boolean,
): number | undefined {
  const own = view.edges.flatMap((edge, index) => (edge.kind === "data" && wants(edge) ? [rates[index] ?? 0] : []));
  return own.length === 0 ? undefined : own.reduce((sum, rate) => sum + rate, 0);
}
