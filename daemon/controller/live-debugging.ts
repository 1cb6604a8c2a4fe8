/** What passes between components, by the names of Alloy's live debugging. */
export type PassingType = "target" | "prometheus_metric" | "loki_log" | "otel_metric" | "otel_log" | "otel_trace";

/** A way that data has taken: how many items in all since the way is there. */
export interface Edge {
  /** Ids of components, with the ids of their modules. */
  readonly from: string;
  readonly to: string;
  readonly type: PassingType;
  items: number;
}

/** Looks at one component. Both are called while data passes, and must be quick. */
export interface Watcher {
  /** Whether it wants to see the next batch: texts are made for those alone. */
  wants(): boolean;
  see(text: string): void;
}

export interface LiveDebuggingSettings {
  /** Whether contents may be shown to whoever may see the admin port. */
  readonly enabled: boolean;
  /** Texts that wait for a client that reads slowly. */
  readonly buffer_size: number;
}

/** A way, as it is used. */
export interface Passed {
  /** Says of a batch that it passes. `texts` is called when somebody looks. */
  (type: PassingType, items: number, texts: () => readonly string[]): void;
  /** Whether anybody looks at anything. */
  isWatched(): boolean;
}

/** Counts what goes from one component to another, and shows it to those who look: nobody, as a rule. */
export interface LiveDebugging {
  configure(settings: LiveDebuggingSettings): void;
  settings(): LiveDebuggingSettings;
  /** For batches on their way from one component to another. */
  way(from: string, to: string): Passed;
  /** Shows what a component has made that is not handed to others: targets. */
  tell(id: string, texts: () => readonly string[]): void;
  edges(): readonly Edge[];
  /** Forgets the ways from components that are gone. */
  retain(isThere: (id: string) => boolean): void;
  /** Shows what enters and leaves a component, until the answer is called. */
  watch(id: string, watcher: Watcher): () => void;
}

/** Live debugging, off until the configuration turns it on. */
export function createLiveDebugging(): LiveDebugging {
  let current: LiveDebuggingSettings = { enabled: false, buffer_size: 1000 };
  const edges = new Map<string, Counted>();
  const watchers = new Map<string, Set<Watcher>>();

  return {
    configure(settings) {
      current = settings;
    },
    settings: () => current,
    way(from, to) {
      const own = new Map<PassingType, Counted>();
      const passed = (type: PassingType, items: number, texts: () => readonly string[]) => {
        let edge = own.get(type);
        if (!edge || edge.isForgotten) {
          edge = edgeOf(from, to, type);
          own.set(type, edge);
        }
        edge.items += items;
        if (watchers.size === 0) return;
        show(from, `[OUT] to ${to}`, texts);
        show(to, `[IN] from ${from}`, texts);
      };
      return Object.assign(passed, { isWatched: () => watchers.size > 0 });
    },
    tell(id, texts) {
      if (watchers.size > 0) show(id, "[OUT]", texts);
    },
    edges: () => [...edges.values()],
    retain(isThere) {
      for (const [key, edge] of edges) {
        if (isThere(edge.from)) continue;
        edge.isForgotten = true;
        edges.delete(key);
      }
    },
    watch(id, watcher) {
      const all = watchers.get(id) ?? new Set();
      watchers.set(id, all.add(watcher));
      return () => {
        all.delete(watcher);
        if (all.size === 0 && watchers.get(id) === all) watchers.delete(id);
      };
    },
  };

  function edgeOf(from: string, to: string, type: PassingType): Counted {
    const made: Counted = { from, to, type, items: 0, isForgotten: false };
    const edge = edges.get(keyOf(made)) ?? made;
    edges.set(keyOf(edge), edge);
    return edge;
  }

  function show(id: string, way: string, texts: () => readonly string[]): void {
    if (!current.enabled) return;
    for (const watcher of watchers.get(id) ?? []) {
      if (!watcher.wants()) continue;
      for (const text of shown(texts)) watcher.see(`${way}: ${text}`);
    }
  }
}

/** An edge, and whether it is one no longer: cheaper to ask for each batch than a map. */
interface Counted extends Edge {
  isForgotten: boolean;
}

/** What somebody wants to see must not be what stops data on its way. */
function shown(texts: () => readonly string[]): readonly string[] {
  try {
    return texts();
  } catch (error) {
    return [`cannot be shown: ${String(error)}`];
  }
}

function keyOf({ from, to, type }: Edge): string {
  return `${from}\0${to}\0${type}`;
}
