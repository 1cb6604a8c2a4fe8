import { useEffect, useState } from "preact/hooks";
import type { ComponentRow, PipelineView } from "../../../shared/overview/pipeline.ts";
import { rateText } from "../format.ts";
import { hrefOf } from "../route.ts";
import { type Layout, layOut, type Point } from "./layout.ts";

const boxHeight = 46;
const minBoxWidth = 130;
const letterWidth = 6.9;
/** As small as it may become before it scrolls. */
const smallest = 0.75;

/** The graph of components: each a link, with its health; each way with what goes over it. */
export function Graph({
  view,
  rates,
}: {
  readonly view: PipelineView;
  /** Items a second over each edge, in their order. */
  readonly rates: readonly (number | undefined)[];
}) {
  const [layout, setLayout] = useState<Layout>();
  const shape = JSON.stringify([view.components.map(({ id }) => id), view.edges.map(({ from, to }) => [from, to])]);
  useEffect(() => {
    let isWanted = true;
    const boxes = view.components.map((row) => ({ id: row.id, width: widthOf(row), height: boxHeight }));
    const direction = innerWidth < 700 ? "TB" : "LR";
    void layOut({ boxes, ways: view.edges, direction }).then((placed) => isWanted && setLayout(placed));
    return () => {
      isWanted = false;
    };
  }, [shape]);
  if (!layout) return <p class="empty">Drawing…</p>;
  const { width, height } = layout;
  return (
    <section class="wide graph" aria-label="Graph of the components" tabIndex={0}>
      <svg
        width={width}
        height={height}
        style={{ minWidth: `${Math.round(width * smallest)}px` }}
        viewBox={`0 0 ${width} ${height}`}
      >
        <title>Components and their ways</title>
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
            <path d="M0 0L8 4L0 8z" class="head" />
          </marker>
        </defs>
        {view.edges.map((edge, index) => {
          const points = layout.ways[index] ?? [];
          const rate = rates[index];
          const middle = points[Math.floor(points.length / 2)];
          return (
            <g key={`${edge.from} ${edge.to} ${edge.kind}`} class={`way ${edge.kind} ${rate ? "moving" : ""}`}>
              <path d={curveOf(points)} marker-end="url(#arrow)" />
              {middle && edge.kind === "data" && rate !== undefined && (
                <text x={middle.x} y={middle.y - 6} text-anchor="middle">
                  {rateText(rate)}
                </text>
              )}
            </g>
          );
        })}
        {view.components.map((row) => {
          const place = layout.boxes[row.id];
          return place && <Box key={row.id} row={row} place={place} />;
        })}
      </svg>
    </section>
  );
}

function Box({ row, place }: { readonly row: ComponentRow; readonly place: Point }) {
  const width = widthOf(row);
  const [x, y] = [place.x - width / 2, place.y - boxHeight / 2];
  const { state } = row.health;
  return (
    <a href={hrefOf("pipeline", row.id)} class={`box ${state}`}>
      <title>{`${row.id}, ${state}`}</title>
      <rect x={x} y={y} width={width} height={boxHeight} rx="8" />
      <circle cx={x + 15} cy={y + 16} r="4.5" />
      <text x={x + 26} y={y + 20}>
        {row.name}
      </text>
      <text x={x + 26} y={y + 36} class="label">
        {row.label}
      </text>
    </a>
  );
}

function widthOf({ name, label }: ComponentRow): number {
  return Math.max(minBoxWidth, Math.round(Math.max(name.length, label.length) * letterWidth) + 40);
}

function curveOf(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (!first) return "";
  const last = rest.at(-1) ?? first;
  const middle = rest.slice(0, -1);
  const through = middle.map((point, index) => {
    const next = middle[index + 1] ?? last;
    const [x, y] = index === middle.length - 1 ? [last.x, last.y] : [(point.x + next.x) / 2, (point.y + next.y) / 2];
    return `Q${point.x} ${point.y} ${x} ${y}`;
  });
  return `M${first.x} ${first.y}${through.length > 0 ? through.join("") : `L${last.x} ${last.y}`}`;
}
