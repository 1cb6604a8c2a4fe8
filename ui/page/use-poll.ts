import { useEffect, useState } from "preact/hooks";
import { errorText } from "../../shared/error-text.ts";
import { get } from "./ask.ts";

/** What was answered last, and why there has been no answer since. */
export interface Polled<T> {
  readonly data?: T;
  readonly problem?: string;
  /** Asks now. */
  again(): void;
}

/** Asks every `everyMs` while the page is visible, never twice at once. An empty path asks nothing. */
export function usePoll<T>(path: string, everyMs = 2000, onData?: (data: T) => void): Polled<T> {
  const [state, setState] = useState<Omit<Polled<T>, "again"> & { readonly path: string }>({ path });
  const [asked, setAsked] = useState(0);
  useEffect(() => {
    if (path === "") return;
    const abort = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const next = async () => {
      clearTimeout(timer);
      if (!document.hidden) {
        try {
          const data = await get<T>(path, abort.signal);
          if (abort.signal.aborted) return;
          onData?.(data);
          setState({ path, data });
        } catch (error) {
          if (abort.signal.aborted) return;
          const problem = errorText(error);
          setState((before) => ({ ...(before.path === path ? before : { path }), problem }));
        }
      }
      timer = setTimeout(() => void next(), everyMs);
    };
    const shown = () => !document.hidden && void next();
    document.addEventListener("visibilitychange", shown);
    void next();
    return () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [path, everyMs, asked]);
  const again = () => setAsked((times) => times + 1);
  return state.path === path ? { ...state, again } : { again };
}
