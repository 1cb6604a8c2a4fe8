import { useEffect, useRef, useState } from "preact/hooks";
import type { PipelineView } from "../../../shared/overview/pipeline.ts";
import type { Passing } from "../../../shared/readable/passing.ts";
import { counted } from "../format.ts";
import { Empty, Panel } from "../parts/panel.tsx";
import { hrefOf } from "../route.ts";
import { usePoll } from "../use-poll.ts";
import { follow } from "./stream.ts";

const maxLines = 500;
const paintMs = 250;

interface Line {
  readonly key: number;
  readonly way: Passing["way"];
  readonly peer: string;
  readonly text: string;
}

/** What passes a component, as lines: filtered here, sampled there, never more than fits. */
export function LiveView({ id }: { readonly id: string }) {
  const { data } = usePoll<PipelineView>("sluice/pipeline", 10_000);
  const [share, setShare] = useState("1");
  const [edge, setEdge] = useState("");
  const [text, setText] = useState("");
  const [isPaused, setIsPaused] = useState(false);
  const [copied, setCopied] = useState("");
  const { lines, problem } = useLines(id, Number(share), isPaused);
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const peers = [...new Set((data?.edges ?? []).flatMap(({ from, to, kind }) => peersOf(id, kind, from, to)))];
  const found = lines.filter(
    (line) =>
      (edge === "" || `${line.way} ${line.peer}` === edge || line.way === "note") &&
      words.every((word) => line.text.toLowerCase().includes(word)),
  );
  return (
    <>
      <h1>Live</h1>
      <Panel
        title="What passes"
        note="Only while this page looks at it, and only where the configuration says livedebugging { enabled = true }."
      >
        <form class="filters" onSubmit={(event) => event.preventDefault()}>
          <label>
            Component{" "}
            <select value={id} onChange={(event) => location.assign(hrefOf("live", event.currentTarget.value))}>
              <option value="">choose one</option>
              {data?.components.map((row) => (
                <option key={row.id}>{row.id}</option>
              ))}
            </select>
          </label>
          <label>
            Edge{" "}
            <select value={edge} onChange={(event) => setEdge(event.currentTarget.value)}>
              <option value="">all</option>
              {peers.map((each) => (
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
              value={text}
              onInput={(event) => setText(event.currentTarget.value)}
            />
          </label>
          <label>
            Sample{" "}
            <select value={share} onChange={(event) => setShare(event.currentTarget.value)}>
              <option value="1">every batch</option>
              <option value="0.1">one batch in 10</option>
              <option value="0.01">one batch in 100</option>
            </select>
          </label>
          <button type="button" aria-pressed={isPaused} onClick={() => setIsPaused(!isPaused)} disabled={id === ""}>
            {isPaused ? "Go on" : "Pause"}
          </button>
          <button
            type="button"
            disabled={found.length === 0}
            onClick={() => {
              void navigator.clipboard.writeText(found.map((line) => `${line.text}\n`).join("")).then(
                () => setCopied(`${counted(found.length, "line")} copied`),
                () => setCopied("The browser did not allow it"),
              );
            }}
          >
            Copy
          </button>
          <span class="note" role="status">
            {copied}
          </span>
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

function peersOf(id: string, kind: string, from: string, to: string): readonly string[] {
  if (kind !== "data") return [];
  return [...(to === id ? [`in ${from}`] : []), ...(from === id ? [`out ${to}`] : [])];
}

/** The newest lines; while it is paused nothing is asked for. Painted a few times a second, however fast they come. */
function useLines(
  id: string,
  share: number,
  isPaused: boolean,
): { readonly lines: readonly Line[]; readonly problem: string } {
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [problem, setProblem] = useState("");
  const next = useRef(0);
  useEffect(() => setLines([]), [id]);
  useEffect(() => {
    setProblem("");
    if (id === "" || isPaused) return;
    const abort = new AbortController();
    let fresh: Line[] = [];
    const paint = setInterval(() => {
      if (fresh.length === 0) return;
      const shown = fresh;
      fresh = [];
      setLines((before) => [...before, ...shown].slice(-maxLines));
    }, paintMs);
    const onPassing = (all: readonly Passing[]) => {
      for (const { way, peer, lines: texts } of all) {
        for (const text of texts) fresh.push({ key: next.current++, way, peer, text });
      }
      fresh = fresh.slice(-maxLines);
    };
    follow(id, share, { abort: abort.signal, onPassing }).catch((error: Error) => {
      if (!abort.signal.aborted) setProblem(error.message);
    });
    return () => {
      abort.abort();
      clearInterval(paint);
    };
  }, [id, share, isPaused]);
  return { lines, problem };
}
