import { spawn } from "node:child_process";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";

export interface LambdaOptions {
  /** The folder that the function's zip was unpacked into. */
  readonly taskRoot: string;
  /** As in the template: `index.handler`. */
  readonly handler: string;
  readonly functionName: string;
  /** All of the function's environment, beside what Lambda itself sets. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export type Invoked =
  | { readonly kind: "result"; readonly result: unknown }
  | { readonly kind: "error"; readonly type: string; readonly message: string };

export interface Lambda {
  /** One invocation after the other, as in one sandbox. */
  invoke(event: unknown): Promise<Invoked>;
  /** What the function wrote: each line as it came. */
  lines(): readonly string[];
  stop(): Promise<void>;
}

/**
 * A Lambda sandbox on loopback: the Runtime API over HTTP, and a process of the pinned Node that runs the handler with
 * nothing but its own environment. Rejects with the function's words when it does not start.
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const waiting: ServerResponse[] = [];
  const events: { id: string; body: string; settle: (invoked: Invoked) => void }[] = [];
  const running = new Map<string, (invoked: Invoked) => void>();
  const started = Promise.withResolvers<void>();
  let count = 0;

  function dispatch(): void {
    while (waiting.length > 0 && events.length > 0) {
      const response = waiting.shift();
      const event = events.shift();
      if (!response || !event) return;
      running.set(event.id, event.settle);
      response.writeHead(200, {
        "content-type": "application/json",
        "lambda-runtime-aws-request-id": event.id,
        "lambda-runtime-deadline-ms": String(Date.now() + options.timeoutMs),
      });
      response.end(event.body);
    }
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [, , , what, id = "", outcome] = request.url?.split("/") ?? [];
    if (what === "invocation" && id === "next") {
      started.resolve();
      waiting.push(response);
      return dispatch();
    }
    const body = await text(request);
    response.writeHead(202).end();
    if (what === "init") return started.reject(new Error(`${options.functionName} did not start: ${body}`));
    if (outcome === "response") return running.get(id)?.({ kind: "result", result: JSON.parse(body) });
    const { errorType, errorMessage } = JSON.parse(body);
    running.get(id)?.({ kind: "error", type: errorType, message: errorMessage });
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const child = spawn(process.execPath, [join(import.meta.dirname, "lambda-bootstrap.ts")], {
    cwd: options.taskRoot,
    env: { ...sandboxEnvironment(options, port), ...options.environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.once("exit", () => started.reject(new Error(`${options.functionName} ended before it was ready: ${output}`)));

  async function stop(): Promise<void> {
    child.kill("SIGKILL");
    await ended;
    server.closeAllConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  await started.promise.catch(async (error) => {
    await stop();
    throw error;
  });

  return {
    lines: () => output.split("\n").filter((line) => line !== ""),
    invoke: (event) =>
      new Promise((settle) => {
        events.push({
          id: `00000000-0000-4000-8000-${String(++count).padStart(12, "0")}`,
          body: JSON.stringify(event),
          settle,
        });
        dispatch();
      }),
    stop,
  };
}

/** What Lambda itself sets (its guide, "Defined runtime environment variables"). */
function sandboxEnvironment({ handler, functionName, taskRoot }: LambdaOptions, port: number): Record<string, string> {
  return {
    _HANDLER: handler,
    AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "1024",
    AWS_LAMBDA_LOG_FORMAT: "JSON",
    AWS_EXECUTION_ENV: "AWS_Lambda_nodejs24.x",
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test",
    AWS_SESSION_TOKEN: "test",
    LAMBDA_TASK_ROOT: taskRoot,
    LANG: "en_US.UTF-8",
    PATH: "/usr/local/bin:/usr/bin/:/bin",
    TZ: ":UTC",
  };
}
