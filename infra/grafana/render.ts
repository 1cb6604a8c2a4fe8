import { stringify } from "yaml";
import { alerts } from "./alerts.ts";
import { type Panel, panelRows } from "./panels.ts";

const width = 12;
const height = 8;
const chosen = 'job=~"$job", instance=~"$instance"';

/** The dashboard as Grafana imports it: JSON of schema version 39 (Grafana 11). */
export function renderDashboard(): string {
  let id = 0;
  let y = 0;
  const panels = panelRows.flatMap(({ title, panels: inRow }) => {
    const row = { id: ++id, type: "row", title, collapsed: false, gridPos: { x: 0, y: y++, w: 24, h: 1 }, panels: [] };
    const drawn = inRow.map((panel, index) =>
      timeSeries(panel, { id: ++id, x: (index % 2) * width, y: y + Math.floor(index / 2) * height }),
    );
    y += Math.ceil(inRow.length / 2) * height;
    return [row, ...drawn];
  });
  const dashboard = {
    uid: "sluice",
    title: "Sluice",
    tags: ["sluice"],
    schemaVersion: 39,
    editable: true,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: {
      list: [
        dataSource,
        variable("job", "label_values(sluice_build_info, job)"),
        variable("instance", 'label_values(sluice_build_info{job=~"$job"}, instance)'),
      ],
    },
    panels,
  };
  return `${JSON.stringify(dashboard, null, 2)}\n`;
}

/** The alert rules as Prometheus, Mimir and Grafana read them. */
export function renderAlerts(): string {
  const rules = alerts.map(({ name, expression, holds, severity, summary, runbook }) => ({
    alert: name,
    expr: expression,
    for: holds,
    labels: { severity },
    annotations: { summary, runbook: `docs/troubleshooting.md#${runbook}` },
  }));
  return stringify({ groups: [{ name: "sluice", rules }] }, { lineWidth: 0 });
}

function timeSeries(
  { title, description, unit, queries }: Panel,
  place: { readonly id: number; readonly x: number; readonly y: number },
) {
  const { id, x, y } = place;
  return {
    id,
    type: "timeseries",
    title,
    description,
    datasource: source,
    gridPos: { x, y, w: width, h: height },
    fieldConfig: { defaults: { unit, min: 0, custom: { fillOpacity: 10, showPoints: "never" } }, overrides: [] },
    options: { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi", sort: "desc" } },
    targets: queries.map(({ expression, legend }, index) => ({
      refId: String.fromCharCode(65 + index),
      datasource: source,
      expr: expression.replaceAll("%", chosen),
      legendFormat: legend,
    })),
  };
}

const source = { type: "prometheus", uid: `\${datasource}` };

const dataSource = { name: "datasource", label: "Data source", type: "datasource", query: "prometheus" };

function variable(name: string, query: string) {
  const all = { includeAll: true, multi: true, allValue: ".*", current: { text: ["All"], value: ["$__all"] } };
  return {
    name,
    label: name,
    type: "query",
    datasource: source,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    ...all,
  };
}
