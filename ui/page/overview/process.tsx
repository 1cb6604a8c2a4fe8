import type { Overview } from "../../../shared/overview/overview.ts";
import { bytesText, counted, momentText, spanText } from "../format.ts";
import type { History } from "../history.ts";
import { Panel } from "../parts/panel.tsx";

/** The process itself: what it costs, and whether it keeps up. */
export function ProcessPanel({ overview, history }: { readonly overview: Overview; readonly history: History }) {
  const { build, load, requests, at } = overview;
  const { loopDelay } = load;
  const cores = history.rate((each) => each.load.cpuSeconds);
  const rows: readonly (readonly [string, string])[] = [
    ["Version", `Sluice ${build.version}, Node ${build.node.replace(/^v/, "")}`],
    ["Started", `${momentText(build.startedAt)}, ${spanText(Math.max(0, at - build.startedAt) / 1000)} ago`],
    ["Processor", cores === undefined ? "…" : `${(cores * 100).toFixed(1)} % of a core`],
    ["Memory", bytesText(load.residentBytes)],
    [
      "Event loop delay",
      `${spanText(loopDelay.median)} median, ${spanText(loopDelay.p99)} p99, ${spanText(loopDelay.max)} at most`,
    ],
    ["In memory", `${counted(load.inFlightRequests, "request")}, ${bytesText(load.inFlightBytes)}`],
    [
      "Refused requests",
      `${counted(requests.refused, "request")} for good, ${counted(requests.unavailable, "request")} asked to come again`,
    ],
  ];
  return (
    <Panel title="Process">
      <dl>
        {rows.map(([name, text]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
