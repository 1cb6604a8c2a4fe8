import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** The parts of the Kubernetes API that pod logs need, for one pod with one container. */
export interface FakeKubelet {
  readonly url: string;
  /** Lines with their time in front. */
  write(...lines: readonly string[]): void;
  drop(): void;
  /** The container ends with an exit code. */
  exit(code: number): void;
  /** Values of `sinceTime`; empty for the beginning. */
  readonly since: readonly string[];
  /** The pod is deleted, or another one of its name takes its place. */
  setUid(uid: string | undefined): void;
  close(): Promise<void>;
}

export async function startFakeKubelet(restartPolicy = "Always"): Promise<FakeKubelet> {
  const log: string[] = [];
  const since: string[] = [];
  const followers = new Set<ServerResponse>();
  let uid: string | undefined = "u1";
  let terminated: { readonly exitCode: number } | undefined;

  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "", "http://kubernetes");
    if (url.pathname === "/api/v1/namespaces/ns/pods") {
      const state = terminated ? { terminated } : { running: {} };
      const status = { containerStatuses: [{ name: "app", state }] };
      const items = uid === undefined ? [] : [{ metadata: { name: "web", uid }, spec: { restartPolicy }, status }];
      response.end(JSON.stringify({ metadata: { resourceVersion: "1" }, items }));
    } else if (url.pathname === "/api/v1/namespaces/ns/pods/web/log" && uid !== undefined) {
      const from = url.searchParams.get("sinceTime") ?? "";
      since.push(from);
      response.writeHead(200);
      for (const line of log)
        if (from === "" || Date.parse(line.split(" ")[0] ?? "") >= Date.parse(from)) response.write(`${line}\n`);
      if (terminated) response.end();
      else followers.add(response);
    } else response.writeHead(404).end('{"kind":"Status","message":"pods \\"web\\" not found"}');
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  function endAll(how: (response: ServerResponse) => void): void {
    for (const follower of followers) how(follower);
    followers.clear();
  }

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    since,
    write(...lines) {
      log.push(...lines);
      for (const follower of followers) for (const line of lines) follower.write(`${line}\n`);
    },
    drop: () => endAll((response) => response.destroy()),
    exit(exitCode) {
      terminated = { exitCode };
      endAll((response) => response.end());
    },
    setUid(next) {
      uid = next;
      endAll((response) => response.end());
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
