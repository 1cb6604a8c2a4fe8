import { renderAlerts, renderDashboard } from "../grafana/render.ts";
import type { ReleaseStep } from "./release.ts";

/** What Grafana and Prometheus show and tell of daemons; the stack on AWS has its own in CloudWatch. */
export const grafana: ReleaseStep = {
  name: "grafana",
  build: async () => [
    { path: "grafana/sluice-dashboard.json", bytes: Buffer.from(renderDashboard()) },
    { path: "grafana/sluice-alerts.yml", bytes: Buffer.from(renderAlerts()) },
  ],
};
