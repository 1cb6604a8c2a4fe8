import { useEffect, useRef, useState } from "preact/hooks";
import type { Passing } from "../../../shared/readable/passing.ts";
import { follow } from "./stream.ts";

const maxLines = 500;
const paintMs = 250;

/** A line of what passes, with a key that no other line has. */
export interface Line {
  readonly key: number;
  readonly way: Passing["way"];
  readonly peer: string;
  readonly text: string;
}

/** The newest lines; while it is paused nothing is asked for. Painted a few times a second, however fast they come. */
export function useLines(
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
