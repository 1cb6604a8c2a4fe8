import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { unsnappy } from "../../shared/compression/snappy.ts";
import { readPushRequest } from "../../shared/loki/read-push-request.ts";

const maxExportBytes = 64 * 2 ** 20;

/** A destination of agents, which counts lines by a text that each holds once. */
export interface Sink {
  readonly url: string;
  lines(): number;
  /** Called with each line of a push to Loki. */
  listen(on: (line: string) => void): void;
  close(): void;
}

/** Takes pushes to Loki, OTLP and what vlagent sends; answers at once. */
export async function startSink(mark: string): Promise<Sink> {
  const marked = Buffer.from(mark);
  let lines = 0;
  let onLine: ((line: string) => void) | undefined;
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const bytes = decoded(body, request.headers["content-encoding"]);
      lines += count(bytes, marked);
      if (onLine) {
        const read = readPushRequest(bytes);
        if (read.kind === "entries") for (const each of read.entries) onLine(each.line);
      }
      response.writeHead(request.url?.includes("loki") ? 204 : 200).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    lines: () => lines,
    listen(on) {
      onLine = on;
    },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function decoded(body: Buffer, encoding: string | undefined): Uint8Array {
  if (encoding === "gzip") return gunzipSync(body);
  if (encoding === "zstd" || body.readUInt32LE(0) === 0xfd2fb528) return zstdDecompressSync(body);
  if (encoding !== "snappy") return body;
  const block = unsnappy(body, maxExportBytes);
  return block.kind === "decoded" ? block.bytes : new Uint8Array();
}

function count(bytes: Uint8Array, mark: Buffer): number {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  let found = 0;
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + mark.length)) found += 1;
  return found;
}
