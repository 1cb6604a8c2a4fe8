import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Handled } from "../../queue/queue-reader.ts";
import { type ControlCalls, controlSocket, fromWire, toWire } from "./control.ts";
import type { DiskQueue } from "./disk-queue.ts";
import { createRoutedQueue } from "./routed-queue.ts";
import type { Storage } from "./storage.ts";

/** What lets other processes of this user work on the queues of a storage that this process has. */
export interface ControlServer {
  close(): Promise<void>;
}

type Verbs = { readonly [Verb in keyof ControlCalls]: (asked: ControlCalls[Verb]) => Promise<unknown> };

const maxRequestBytes = 64 * 2 ** 20;

/** Listens on the socket of the storage path. Rejects where it cannot: the paths of sockets are short, about 100 characters. */
export async function serveStorage(storage: Storage, path: string): Promise<ControlServer> {
  const socket = controlSocket(path);
  const verbs = createVerbs(storage);
  const server = createServer((request, response) => void answer(request, response, verbs));
  // The storage's lock says that nobody else listens there: what is left is of a process that was killed.
  await rm(socket, { force: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(socket, resolve);
  });
  server.unref();
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function createVerbs(storage: Storage): Verbs {
  const routed = createRoutedQueue(storage);

  /** Asking creates no queue. */
  async function known(name: string): Promise<DiskQueue> {
    if (!(await storage.names()).includes(name)) throw new Error(`the storage path has no queue ${name}`);
    return storage.queue(name);
  }

  return {
    names: () => storage.names(),
    status: async ({ queue }) => (await known(queue)).status(),
    async receive({ queue, ...how }) {
      const received = await (await known(queue)).receive(how);
      if (received.kind === "failed") return received;
      return { ...received, messages: received.messages.map((each) => ({ ...each, body: toWire(each.body) })) };
    },
    "change-visibility": async ({ queue, changes }) => plain(await (await known(queue)).changeVisibility(changes)),
    delete: async ({ queue, receiptHandles }) => plain(await (await known(queue)).delete(receiptHandles)),
    send: ({ bodies }) => routed.send(bodies.map(fromWire)),
  };
}

function plain({ failed, ...rest }: Handled): { readonly failed: readonly string[]; readonly reason?: string } {
  return { failed: [...failed], ...rest };
}

async function answer(request: IncomingMessage, response: ServerResponse, verbs: Verbs): Promise<void> {
  try {
    const verb = (request.url ?? "").slice(1);
    if (!Object.hasOwn(verbs, verb)) return reply(response, 404, `unknown verb ${verb.slice(0, 50)}`);
    const asked = await read(request);
    reply(response, 200, await verbs[verb as keyof ControlCalls](asked as never));
  } catch (error) {
    reply(response, 400, error instanceof Error ? error.message : String(error));
  }
}

async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxRequestBytes) throw new Error(`more than ${maxRequestBytes} bytes`);
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString());
}

function reply(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { "content-type": "application/json" });
  response.end(JSON.stringify(value));
}
