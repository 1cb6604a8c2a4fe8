import { Graph, layout as placeAll } from "@dagrejs/dagre";
import type { Drawing, Layout } from "./layout.ts";

addEventListener("message", ({ data }: MessageEvent<{ readonly id: number; readonly drawing: Drawing }>) => {
  postMessage({ id: data.id, layout: layoutOf(data.drawing) });
});

function layoutOf({ boxes, ways, direction }: Drawing): Layout {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: direction, nodesep: 22, ranksep: 68, marginx: 12, marginy: 12, ranker: "longest-path" });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of boxes) graph.setNode(id, { width, height });
  for (const [index, { from, to }] of ways.entries()) graph.setEdge(from, to, {}, String(index));
  placeAll(graph);
  const { width = 0, height = 0 } = graph.graph() as { width?: number; height?: number };
  return {
    width,
    height,
    boxes: Object.fromEntries(boxes.map(({ id }) => [id, { x: graph.node(id).x, y: graph.node(id).y }])),
    ways: ways.map(({ from, to }, index) => graph.edge({ v: from, w: to, name: String(index) }).points ?? []),
  };
}
