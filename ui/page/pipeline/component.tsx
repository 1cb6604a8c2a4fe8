import type { ComponentView } from "../../../shared/overview/pipeline.ts";
import { momentText } from "../format.ts";
import { Lines } from "../log/log.tsx";
import { Empty, Panel, Wide } from "../parts/panel.tsx";
import { hrefOf } from "../route.ts";
import { usePoll } from "../use-poll.ts";
import { Body } from "./body.tsx";
import { HealthPill } from "./health-pill.tsx";

/** One component: how it is and was, what it was given, what it exports, what it tells and counts. */
export function ComponentPage({ id }: { readonly id: string }) {
  const { data, problem } = usePoll<ComponentView>(`sluice/component/${encodeURIComponent(id)}`);
  return (
    <>
      <p class="back">
        <a href={hrefOf("pipeline")}>← Pipeline</a>
      </p>
      <div class="heading">
        <h1 class="id">{id}</h1>
        {data && (
          <p class="buttons">
            <HealthPill health={data.health} /> <a href={hrefOf("live", id)}>Watch it live</a>
          </p>
        )}
      </div>
      {problem && <p class="banner bad">{problem}</p>}
      {data && <Parts view={data} />}
    </>
  );
}

function Parts({ view }: { readonly view: ComponentView }) {
  return (
    <>
      <Panel title="Health" note={`${view.health.message}, since ${momentText(view.health.at)}`}>
        <ol class="history">
          {view.history.toReversed().map(({ at, state, message }) => (
            <li key={`${at} ${state} ${message}`}>
              <time dateTime={new Date(at).toISOString()}>{momentText(at)}</time> <strong>{state}</strong> {message}
            </li>
          ))}
        </ol>
      </Panel>
      <div class="pair">
        <Links title="Takes from" ids={view.uses} />
        <Links title="Gives to" ids={view.usedBy} />
      </div>
      <Panel title="Arguments" note="What differs from the defaults; secrets are masked.">
        <Body fields={view.arguments} />
      </Panel>
      <Panel title="Exports">
        <Body fields={view.exports} />
      </Panel>
      {view.debug.length > 0 && (
        <Panel title="State">
          <Body fields={view.debug} />
        </Panel>
      )}
      <Panel title="Metrics">
        {view.metrics.length === 0 ? (
          <Empty>It has counted nothing yet.</Empty>
        ) : (
          <Wide label="Metrics">
            <table>
              <tbody>
                {view.metrics.map(({ name, labels, value }) => (
                  <tr key={`${name} ${labels}`}>
                    <th scope="row">
                      <code>{name}</code>
                    </th>
                    <td class="names why">{labels}</td>
                    <td class="number">{value.toLocaleString("en", { maximumFractionDigits: 3 })}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        )}
      </Panel>
      <Panel title="Log">
        <Lines lines={view.lines} />
      </Panel>
    </>
  );
}

function Links({ title, ids }: { readonly title: string; readonly ids: readonly string[] }) {
  return (
    <Panel title={title}>
      {ids.length === 0 ? (
        <Empty>No other component.</Empty>
      ) : (
        <ul class="links">
          {[...new Set(ids)].map((id) => (
            <li key={id}>
              <a href={hrefOf("pipeline", id)}>
                <code>{id}</code>
              </a>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
