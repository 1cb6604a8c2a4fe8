import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** One call to SQS on its way: which action, and the how-manieth of its kind. */
export interface PassingCall {
  readonly action: string;
  readonly index: number;
}

export interface CuttingProxy {
  /** `http://127.0.0.1:PORT`, in place of the endpoint. */
  readonly endpoint: string;
  /** Asked for every call: to end the caller before SQS hears of it, or after SQS has done it and before the answer. */
  cut(
    decide: ((call: PassingCall) => "before" | "after" | undefined) | undefined,
    end: (response: ServerResponse) => void,
  ): void;
  close(): Promise<void>;
}

/** Stands between a process and the embedded queue, to kill the process at a chosen call. */
export async function startCuttingProxy(target: string): Promise<CuttingProxy> {
  const counts = new Map<string, number>();
  let decide: Parameters<CuttingProxy["cut"]>[0];
  let end: (response: ServerResponse) => void = () => {};

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const action = String(request.headers["x-amz-target"]).replace(/^.*[.]/, "");
    const index = counts.get(action) ?? 0;
    counts.set(action, index + 1);
    const cut = decide?.({ action, index });
    if (cut === "before") return end(response);
    const headers = {
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": String(request.headers["x-amz-target"]),
      authorization: String(request.headers.authorization),
    };
    const body = Buffer.concat(chunks).toString().replaceAll(endpoint, target);
    const answer = await fetch(target, { method: "POST", headers, body });
    const text = await answer.text();
    if (cut === "after") return end(response);
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" }).end(text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  return {
    endpoint,
    cut(given, kill) {
      counts.clear();
      decide = given;
      end = kill;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
