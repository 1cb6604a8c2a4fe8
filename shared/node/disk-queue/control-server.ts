import { rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { errorText } from "../../error-text.ts";
import { controlSocket } from "./control.ts";
import { type ControlVerbs, createControlVerbs } from "./control-verbs.ts";
import type { Storage } from "./storage.ts";

/** What lets other processes of this user work on the queues of a storage that this process has. */
export interface ControlServer {
  close(): Promise<void>;
}

const maxRequestBytes = 64 * 2 ** 20;

/** Listens on the socket of the storage path. Rejects where it cannot: the paths of sockets are short, about 100 characters. */
export async function serveStorage(storage: Storage, path: string): Promise<ControlServer> {
  const socket = controlSocket(path);
  const verbs = createControlVerbs(storage);
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

async function answer(request: IncomingMessage, response: ServerResponse, verbs: ControlVerbs): Promise<void> {
  try {
    const verb = (request.url ?? "").slice(1);
    const done = verbs(verb, await read(request));
    if (done === undefined) return reply(response, 404, `unknown verb ${verb.slice(0, 50)}`);
    reply(response, 200, await done);
  } catch (error) {
    reply(response, 400, errorText(error));
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
