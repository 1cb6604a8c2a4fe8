import { createServer } from "node:http";
import { gzipSync } from "node:zlib";
import { makeExposition } from "./exposition.ts";

// A process with targets and a receiver: argv are the number of targets, of series of each, and how many of 100 are new each time. Prints its port. `/t/N`
// is a target; POST counts and answers 204; `/counts` tells what came.
const [targets = 1, series = 1_000, churn = 0] = process.argv.slice(2).map(Number);
const TICKS = 8;
const bodies = Array.from({ length: TICKS }, (_, tick) => gzipSync(makeExposition(series, tick + 1, churn)));
const counts = { scrapes: 0, requests: 0, bytes: 0 };
let tick = 0;

const server = createServer((request, response) => {
  if (request.method === "POST") {
    request.on("data", (chunk: Buffer) => {
      counts.bytes += chunk.length;
    });
    request.on("end", () => {
      counts.requests++;
      response.writeHead(204).end();
    });
  } else if (request.url === "/counts") {
    response.end(JSON.stringify({ ...counts, targets }));
  } else {
    counts.scrapes++;
    const body = bodies[Math.floor(tick++ / targets) % TICKS];
    response.writeHead(200, { "content-type": "text/plain; version=0.0.4; charset=utf-8", "content-encoding": "gzip" });
    response.end(body);
  }
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stdout.write(`${typeof address === "object" && address ? address.port : 0}\n`);
});
