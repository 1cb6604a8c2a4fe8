import { useEffect, useRef } from "preact/hooks";
import type { Overview } from "../../shared/overview/overview.ts";
import type { About } from "../about.ts";
import { DeadLettersView } from "./dead-letters/dead-letters.tsx";
import { History } from "./history.ts";
import { LiveView } from "./live/live.tsx";
import { LogView } from "./log/log.tsx";
import { OverviewView } from "./overview/overview.tsx";
import { StageOverview } from "./overview/stage.tsx";
import { Pill } from "./parts/pill.tsx";
import { ComponentPage } from "./pipeline/component.tsx";
import { PipelineGraph } from "./pipeline/pipeline.tsx";
import { hrefOf, type Route, useRoute } from "./route.ts";
import { usePoll } from "./use-poll.ts";

interface View {
  readonly name: string;
  readonly title: string;
  /** The call without which there is nothing to show. */
  readonly needs: string;
}

const views: readonly View[] = [
  { name: "", title: "Overview", needs: "overview" },
  { name: "pipeline", title: "Pipeline", needs: "pipeline" },
  { name: "live", title: "Live", needs: "pipeline" },
  { name: "dead-letters", title: "Dead letters", needs: "dead-letters" },
  { name: "log", title: "Log", needs: "log" },
];

const history = new History();
const take = (overview: Overview) => history.take(overview);

/** The frame around the views: where one is, how the process is, and where else one can go. */
export function App() {
  const route = useRoute();
  const about = usePoll<About>("sluice/about", 30_000).data;
  const overview = usePoll<Overview>("sluice/overview", 2000, take);
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);
  const shown = views.filter(({ needs }) => needs === "overview" || about?.calls.includes(needs));
  const title = shown.find(({ name }) => name === route.view)?.title ?? "Overview";
  useEffect(() => {
    document.title = `${title} · Sluice`;
    // Whoever comes by keyboard or ear continues where the new view begins.
    if (first.current) first.current = false;
    else {
      main.current?.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
  }, [title]);
  return (
    <>
      <button type="button" class="skip" onClick={() => main.current?.focus()}>
        Skip to the content
      </button>
      <header class="top">
        <a class="brand" href={hrefOf("")}>
          Sluice
        </a>
        <nav aria-label="Views">
          {shown.map((view) => (
            <a key={view.name} href={hrefOf(view.name)} aria-current={view.name === route.view ? "page" : undefined}>
              {view.title}
            </a>
          ))}
        </nav>
        <p class="place">
          {about && <span>{about.name ?? about.program}</span>}
          {about?.readOnly && <Pill tone="quiet">read-only</Pill>}
          <Readiness overview={overview.data} problem={overview.problem} />
        </p>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {overview.problem !== undefined && (
          <p class="banner bad" role="alert">
            {overview.problem} {overview.data && "The figures are those of the last answer."}
          </p>
        )}
        {overview.data?.notReady !== undefined && (
          <p class="banner warn" role="status">
            Not ready: {overview.data.notReady}
          </p>
        )}
        <Shown route={route} about={about} overview={overview.data} />
      </main>
    </>
  );
}

function Shown({
  route,
  about,
  overview,
}: {
  readonly route: Route;
  readonly about: About | undefined;
  readonly overview: Overview | undefined;
}) {
  if (route.view === "pipeline" && route.rest !== "") return <ComponentPage key={route.rest} id={route.rest} />;
  if ((route.view === "pipeline" || route.view === "module") && about) {
    return <PipelineGraph key={route.rest} about={about} moduleId={route.rest} />;
  }
  if (route.view === "live") return <LiveView id={route.rest} />;
  if (route.view === "" && about?.program === "stage") return <StageOverview />;
  if (route.view === "log") return <LogView component={route.rest} />;
  if (route.view === "dead-letters" && about) return <DeadLettersView about={about} />;
  if (!overview) return <p class="empty">Asking for the figures…</p>;
  return <OverviewView overview={overview} history={history} />;
}

function Readiness({
  overview,
  problem,
}: {
  readonly overview: Overview | undefined;
  readonly problem: string | undefined;
}) {
  if (problem !== undefined) return <Pill tone="bad">no answer</Pill>;
  if (!overview) return <Pill tone="quiet">asking</Pill>;
  return overview.notReady === undefined ? <Pill tone="good">ready</Pill> : <Pill tone="warn">not ready</Pill>;
}
