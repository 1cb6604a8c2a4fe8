import type { PipelineView } from "../../../shared/overview/pipeline.ts";
import { hrefOf } from "../route.ts";

/** What of the lines is asked for (`share`, a number as text) and shown. */
export interface Filter {
  readonly share: string;
  /** `in ID` or `out ID`; empty: all. */
  readonly edge: string;
  readonly text: string;
}

interface FiltersProps {
  readonly id: string;
  readonly pipeline: PipelineView | undefined;
  readonly filter: Filter;
  readonly onChange: (filter: Filter) => void;
}

/** Which component, which of its edges, which words, and how much of it. */
export function Filters({ id, pipeline, filter, onChange }: FiltersProps) {
  const edges = [...new Set((pipeline?.edges ?? []).flatMap((edge) => edgesOf(id, edge)))];
  return (
    <>
      <label>
        Component{" "}
        <select value={id} onChange={(event) => location.assign(hrefOf("live", event.currentTarget.value))}>
          <option value="">choose one</option>
          {pipeline?.components.map((row) => (
            <option key={row.id}>{row.id}</option>
          ))}
        </select>
      </label>
      <label>
        Edge{" "}
        <select value={filter.edge} onChange={(event) => onChange({ ...filter, edge: event.currentTarget.value })}>
          <option value="">all</option>
          {edges.map((each) => (
            <option key={each} value={each}>
              {each.replace(/^in /, "from ").replace(/^out /, "to ")}
            </option>
          ))}
        </select>
      </label>
      <label>
        Contains{" "}
        <input
          type="search"
          placeholder="service, key=value, text"
          value={filter.text}
          onInput={(event) => onChange({ ...filter, text: event.currentTarget.value })}
        />
      </label>
      <label>
        Sample{" "}
        <select value={filter.share} onChange={(event) => onChange({ ...filter, share: event.currentTarget.value })}>
          <option value="1">every batch</option>
          <option value="0.1">one batch in 10</option>
          <option value="0.01">one batch in 100</option>
        </select>
      </label>
    </>
  );
}

/** The edges of one component, out of one edge of the graph. */
function edgesOf(id: string, { kind, from, to }: PipelineView["edges"][number]): readonly string[] {
  if (kind !== "data") return [];
  return [...(to === id ? [`in ${from}`] : []), ...(from === id ? [`out ${to}`] : [])];
}
