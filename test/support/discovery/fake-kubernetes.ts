import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";

/** A small API server of the tests: answers lists and watches with what the test prepared, and remembers what was asked. */
export interface FakeKubernetes {
  readonly url: string;
  readonly asked: URL[];
  readonly authorizations: (string | undefined)[];
  /** The answers to come, one for each request of that kind; the last one stays. */
  lists: Answer[];
  watches: Answer[];
  /** Sends an event to the watches that are open. */
  send(event: unknown): void;
  /** Ends the watches that are open, as a server does when their time is over. */
  endWatches(): void;
  openWatches(): number;
  close(): Promise<void>;
}

export type Answer = { readonly status: number; readonly body?: unknown };

/** A list as the API sends it. */
export function listOf(items: readonly object[], version: string, next = ""): Answer {
  return { status: 200, body: { metadata: { resourceVersion: version, continue: next }, items } };
}

export async function startFakeKubernetes(): Promise<FakeKubernetes> {
  const open = new Set<ServerResponse>();
  const fake = { asked: [] as URL[], authorizations: [] as (string | undefined)[] };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://fake");
    fake.asked.push(url);
    fake.authorizations.push(request.headers.authorization);
    const watching = url.searchParams.has("watch");
    const answers = watching ? running.watches : running.lists;
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? { status: 200 };
    response.writeHead(answer.status, { "content-type": "application/json" });
    if (!watching || answer.status !== 200) return response.end(JSON.stringify(answer.body ?? {}));
    if (answer.body !== undefined) response.write(`${JSON.stringify(answer.body)}\n`);
    else response.flushHeaders();
    open.add(response);
    response.on("close", () => open.delete(response));
    return response;
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const running: FakeKubernetes = {
    ...fake,
    url: `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`,
    lists: [],
    watches: [{ status: 200 }],
    send(event) {
      for (const response of open) response.write(`${JSON.stringify(event)}\n`);
    },
    endWatches() {
      for (const response of open) response.end();
    },
    openWatches: () => open.size,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  return running;
}
