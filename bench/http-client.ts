import { execFileSync, fork } from "node:child_process";
import { Agent, request } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { fileURLToPath } from "node:url";
import { createHttpTransport } from "../shared/node/http-client/http-transport.ts";
import { median } from "./harness.ts";
import { printUsageIfAsked } from "./usage.ts";

// Processor time of one export, 100 of them a second and one after the other, of the
// client that exports use and of node:http as they used it before (decision 0231). The other side is a process of its own.
printUsageIfAsked("Usage: node bench/http-client.ts [ROUNDS [SECONDS]]\n\nDefault 5 rounds of 2 seconds.");
const [first = "5", second = "2"] = process.argv.slice(2);
const sizes = [1_000, 60_000, 250_000];
const answer = Buffer.from("HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\nContent-Length: 0\r\n\r\n");

/** Sends one export. */
type Post = (url: string, body: Buffer) => Promise<unknown>;

const headers = { "content-type": "application/x-protobuf", "content-encoding": "gzip", authorization: "Basic eDp5" };

const contenders: Readonly<Record<string, () => Post>> = {
  ours() {
    const transport = createHttpTransport();
    return (url, body) => transport.post({ url, headers, body }, { timeoutMs: 10_000 });
  },
  "node:http"() {
    const agent = new Agent({ keepAlive: true, maxSockets: 8, maxFreeSockets: 8, timeout: 30_000, scheduling: "lifo" });
    return (url, body) =>
      new Promise((resolve, reject) => {
        const outgoing = request(new URL(url), {
          method: "POST",
          agent,
          headers: { ...headers, "content-length": String(body.length) },
        });
        const timer = setTimeout(() => outgoing.destroy(), 10_000);
        outgoing.on("error", reject);
        outgoing.on("response", (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("end", () => {
            clearTimeout(timer);
            resolve(Buffer.concat(chunks));
          });
        });
        outgoing.end(body);
      });
  },
};

/** Answers when a request is there. */
function serve(): void {
  const server = createServer((socket) => {
    let left = 0;
    socket.on("error", () => {});
    socket.on("data", (chunk) => {
      if (left === 0) {
        const end = chunk.indexOf("\r\n\r\n") + 4;
        const [, length] = /content-length: (\d+)/.exec(chunk.toString("latin1", 0, end)) ?? [];
        left = Number(length) + end;
      }
      left -= chunk.length;
      if (left === 0) socket.write(answer);
    });
  });
  server.listen(0, "127.0.0.1", () => process.send?.((server.address() as AddressInfo).port));
}

async function measure(name: string, url: string, { bytes, pauseMs, seconds }: Case): Promise<void> {
  const post = contenders[name]?.();
  if (!post) throw new Error(`There is no ${name}.`);
  const body = Buffer.alloc(bytes, 0x61);
  const run = async (ms: number) => {
    const end = performance.now() + ms;
    let requests = 0;
    while (performance.now() < end) {
      await post(url, body);
      requests++;
      if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
    return requests;
  };
  await run(seconds * 300);
  const before = process.cpuUsage();
  const requests = await run(seconds * 1_000);
  const { user, system } = process.cpuUsage(before);
  process.stdout.write(`${(user + system) / requests}\n`);
  process.exit(0);
}

interface Case {
  readonly bytes: number;
  readonly pauseMs: number;
  readonly seconds: number;
}

async function main(): Promise<void> {
  const server = fork(fileURLToPath(import.meta.url), ["serve"]);
  const port = await new Promise<number>((resolve) => server.once("message", (given) => resolve(Number(given))));
  console.log("\nprocessor time of one export, µs: median (least – most) of rounds");
  for (const pauseMs of [0, 10]) {
    for (const bytes of sizes) {
      const measured = new Map<string, number[]>(Object.keys(contenders).map((name) => [name, []]));
      for (let round = 0; round < Number(first); round++) {
        const names = round % 2 === 0 ? [...measured.keys()] : [...measured.keys()].reverse();
        for (const name of names) {
          const args = [
            fileURLToPath(import.meta.url),
            "measure",
            name,
            String(port),
            String(bytes),
            String(pauseMs),
            second,
          ];
          measured.get(name)?.push(Number(execFileSync(process.execPath, args, { encoding: "utf8" })));
        }
      }
      for (const [name, values] of measured) {
        const [low, middle, high] = [Math.min(...values), median(values), Math.max(...values)].map((each) =>
          each.toFixed(0),
        );
        console.log(
          `  ${bytes} bytes, ${pauseMs === 0 ? "at once" : "100 a second"}  ${name.padEnd(10)} ${middle} (${low} – ${high})`,
        );
      }
    }
  }
  server.kill();
}

if (first === "serve") {
  serve();
} else if (first === "measure") {
  const [port, bytes, pauseMs, seconds] = process.argv.slice(4).map(Number);
  await measure(second, `http://127.0.0.1:${port}/v1/traces`, { bytes, pauseMs, seconds } as Case);
} else {
  await main();
}
