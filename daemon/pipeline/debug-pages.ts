import type { Clock, Random } from "../../shared/clock.ts";
import type { HttpAnswer } from "../../shared/http/message.ts";
import { textPage } from "../../shared/http/pages.ts";
import type { Controller } from "../controller/controller.ts";
import type { Edge, LiveDebugging } from "../controller/live-debugging.ts";
import { targetTexts } from "../controller/passing-text.ts";
import { createTextStream } from "./text-stream.ts";

export interface DebugPagesOptions {
  readonly controller: Pick<Controller, "nodes">;
  readonly debugging: LiveDebugging;
  readonly clock: Clock;
  readonly random: Random;
}

export interface DebugPages {
  /** What enters and leaves a component, as it passes: texts that end with `|;|`, as Alloy's live debugging. */
  component(id: string, asked: Asked): HttpAnswer;
  /** Every `window` seconds what went over the edges of a module, `[{componentID, targetComponentIDs, type, rate}]`, and `|;|`. */
  graph(moduleId: string, asked: Asked): HttpAnswer;
}

export interface Asked {
  readonly query: URLSearchParams;
  /** The client is gone. */
  readonly abort: AbortSignal;
}

const maxClients = 32;
const defaultWindow = 5;
const disabled =
  "live debugging is disabled: write livedebugging { enabled = true } into the configuration to see what passes a component\n";
const headers = { "cache-control": "no-store" };

/** The streams of the admin port. */
export function createDebugPages({ controller, debugging, clock, random }: DebugPagesOptions): DebugPages {
  let clients = 0;
  return {
    component(id, { query, abort }) {
      const share = Number(query.get("sampleProb") ?? "1");
      if (!(share >= 0 && share <= 1) || query.get("sampleProb") === "")
        return textPage(400, "Invalid sample probability: must be a number between 0 and 1\n");
      if (!debugging.settings().enabled) return textPage(500, disabled);
      const slash = id.lastIndexOf("/");
      const nodes = controller.nodes(id.slice(0, Math.max(slash, 0)));
      const found = nodes?.find(({ node }) => node.id === id.slice(slash + 1));
      if (!found) return textPage(404, `component ${JSON.stringify(id)} does not exist\n`);
      return stream(debugging.settings().buffer_size, abort, (push) => {
        const see = (text: string) => push(text);
        for (const text of targetTexts(found.runtime?.exports ?? new Map())) see(`[OUT]: ${text}`);
        return debugging.watch(id, { wants: () => share >= 1 || random() < share, see });
      });
    },
    graph(moduleId, { query, abort }) {
      const asked = query.get("window") ?? "";
      const seconds = asked === "" ? defaultWindow : Number(asked);
      if (!/^\d*$/.test(asked) || seconds < 1 || seconds > 60)
        return textPage(400, "Invalid window: must be an integer between 1 and 60\n");
      if (!controller.nodes(moduleId)) return textPage(404, `module ${JSON.stringify(moduleId)} does not exist\n`);
      return stream(maxClients, abort, (push) => {
        void telling(seconds, { moduleId, abort, push });
        return () => {};
      });
    },
  };

  function stream(
    maxWaiting: number,
    abort: AbortSignal,
    start: (push: (text: string) => void) => () => void,
  ): HttpAnswer {
    if (clients >= maxClients) return textPage(503, "too many pages are looking: close one\n");
    const { push, chunks } = createTextStream(maxWaiting, abort);
    if (abort.aborted) return { ...textPage(200, "", headers), chunks };
    const stop = start(push);
    clients++;
    abort.addEventListener(
      "abort",
      () => {
        clients--;
        stop();
      },
      { once: true },
    );
    return { ...textPage(200, "", headers), chunks };
  }

  async function telling(
    seconds: number,
    { moduleId, abort, push }: { moduleId: string; abort: AbortSignal; push: (text: string) => void },
  ): Promise<void> {
    let before = countsOf(debugging.edges());
    for (;;) {
      await clock.sleep(seconds * 1000, abort);
      if (abort.aborted) return;
      const edges = debugging.edges();
      const moved = edges.flatMap((edge) => {
        const items = edge.items - (before.get(edge) ?? 0);
        if (items <= 0 || moduleOf(edge.from) !== moduleId) return [];
        return [{ componentID: edge.from, targetComponentIDs: [edge.to], type: edge.type, rate: items / seconds }];
      });
      before = countsOf(edges);
      push(JSON.stringify(moved));
    }
  }
}

function countsOf(edges: readonly Edge[]): ReadonlyMap<Edge, number> {
  return new Map(edges.map((edge) => [edge, edge.items]));
}

function moduleOf(id: string): string {
  return id.slice(0, Math.max(id.lastIndexOf("/"), 0));
}
