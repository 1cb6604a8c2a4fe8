import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get as getPlain, type IncomingMessage } from "node:http";
import { get } from "node:https";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { peers } from "../../../bench/peers/find-peers.ts";
import { tlsFile } from "../tls-fixtures.ts";

/** A real Prometheus as receiver of remote write, without an out-of-order window. */
export interface PrometheusServer {
  readonly url: string;
  /** Values of an instant query by series, `name{labels}` without braces as JSON of the labels. */
  query(expression: string): Promise<ReadonlyMap<string, string>>;
  /** All raw samples of a selector in a range, by series: `[seconds, value]`. */
  samples(selector: string, range?: string): Promise<ReadonlyMap<string, readonly (readonly [number, string])[]>>;
  /** Ends the process, at once or as the system does, and keeps its data. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

/** TLS with the certificate of the fixtures, and the user of Prometheus' own documentation. */
export const secured = { caFile: tlsFile("ca.pem"), username: "admin", password: "test" };
const webConfig = `tls_server_config:
  cert_file: ${tlsFile("server.pem")}
  key_file: ${tlsFile("server.key")}
basic_auth_users:
  admin: $2b$12$hNf2lSsxfm0.i4a.1kVpSOVyBCfIB51VRjgBUyv6kdnyTlgWj81Ay
`;

/** Starts a Prometheus on a free port; `config` is the text of its configuration. */
export async function startPrometheus(
  config = "global: {scrape_interval: 1h}\n",
  { isSecured = false }: { readonly isSecured?: boolean } = {},
): Promise<PrometheusServer> {
  const { prometheus } = peers;
  if (!prometheus) {
    throw new Error("no Prometheus: see bench/peers/install.sh");
  }
  const program = prometheus;
  const directory = mkdtempSync(join(tmpdir(), "prometheus-"));
  const configFile = join(directory, "prometheus.yml");
  writeFileSync(configFile, config);
  const port = await freePort();
  const url = `${isSecured ? "https" : "http"}://127.0.0.1:${port}`;
  const webConfigFile = join(directory, "web.yml");
  if (isSecured) writeFileSync(webConfigFile, webConfig);
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    child = spawn(
      program,
      [
        `--config.file=${configFile}`,
        `--storage.tsdb.path=${join(directory, "data")}`,
        `--web.listen-address=127.0.0.1:${port}`,
        "--web.enable-remote-write-receiver",
        "--web.enable-otlp-receiver",
        ...(isSecured ? [`--web.config.file=${webConfigFile}`] : []),
        "--log.level=error",
      ],
      { stdio: "ignore" },
    );
    for (let attempt = 0; attempt < 200; attempt++) {
      const ready = await page(`${url}/-/ready`).then(
        ({ status }) => status === 200,
        () => false,
      );
      if (ready) {
        return;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("Prometheus did not start");
  }

  async function stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const running = child;
    child = undefined;
    if (!running || running.exitCode !== null) {
      return;
    }
    const ended = new Promise((resolve) => running.once("exit", resolve));
    running.kill(signal);
    await ended;
  }

  async function ask(expression: string): Promise<readonly Result[]> {
    const { text } = await page(`${url}/api/v1/query?query=${encodeURIComponent(expression)}`);
    const answer = JSON.parse(text) as {
      readonly data?: { readonly result: readonly Result[] };
      readonly error?: string;
    };
    if (!answer.data) {
      throw new Error(answer.error);
    }
    return answer.data.result;
  }

  await start();
  return {
    url,
    start,
    stop,
    query: async (expression) =>
      new Map((await ask(expression)).map(({ metric, value }) => [keyOf(metric), value?.[1] ?? ""])),
    samples: async (selector, range = "1h") =>
      new Map((await ask(`${selector}[${range}]`)).map(({ metric, values }) => [keyOf(metric), values ?? []])),
    async close() {
      await stop("SIGKILL");
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** GET as the user of the secured one. */
async function page(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const options = { ca: readFileSync(secured.caFile), auth: `${secured.username}:${secured.password}` };
  const asking = url.startsWith("https:") ? get(url, options) : getPlain(url);
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode ?? 0, text };
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value?: readonly [number, string];
  readonly values?: readonly (readonly [number, string])[];
}

function keyOf(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.fromEntries(Object.entries(metric).sort(([a], [b]) => (a < b ? -1 : 1))));
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (typeof address !== "object" || !address) {
    throw new Error("no port");
  }
  return address.port;
}
