import manifest from "../package.json" with { type: "json" };
import { fromEnvironment, grafanaCloud, resolve } from "../shared/config/resolve.ts";
import { senderTextsOf } from "../shared/config/sender-settings.ts";
import { resolveSenders } from "../shared/config/senders.ts";
import { errorText } from "../shared/error-text.ts";
import { createProcessTelemetry } from "../shared/node/process-telemetry.ts";
import { startStack } from "./stack.ts";
import { parseStartOptions, startHelp } from "./start-options.ts";
import { onStopSignal } from "./stop-signals.ts";

// Data on standard output (the ready line, what the receiver shows), talk on standard error.
const { emit, metrics, recent, setLevel } = createProcessTelemetry(process.stderr);
// The reader of a pipe may go (`npm start | head`): what is accepted is on disk all the same.
process.stdout.on("error", () => process.exit(0));

const options = parseStartOptions(process.argv.slice(2));
if (options.kind !== "options") {
  const [stream, text, code] =
    options.kind === "help" ? [process.stdout, startHelp, 0] : ([process.stderr, options.problem, 2] as const);
  stream.write(text);
  process.exit(code);
}
const { pipelineFile } = options;
const texts = { ...fromEnvironment(process.env), ...(pipelineFile !== undefined && { pipelineFile }) };
const resolved = resolve(texts, { together: grafanaCloud });
if (resolved.kind === "invalid") {
  for (const { message } of resolved.problems) process.stderr.write(`${message}\n`);
  process.exit(1);
}
const { config } = resolved;
const senders = resolveSenders(config, senderTextsOf(config.senders ?? [], process.env));
if (senders.problems.length > 0) {
  for (const problem of senders.problems) process.stderr.write(`${problem}\n`);
  process.exit(1);
}
setLevel(config.logLevel);

const show = (line: string) => void process.stdout.write(line);
const { stdout, env } = process;
const layout = () => (stdout.isTTY ? { columns: stdout.columns, color: !env.NO_COLOR && env.TERM !== "dumb" } : {});
const starting = startStack({
  config,
  senders: senders.credentials,
  emit,
  metrics,
  recent,
  show,
  layout,
  version: manifest.version,
}).catch(fail);
// From the first moment: whoever has read the ready line may signal at once.
onStopSignal((reason) => void stop(reason).catch(fail));
const stack = await starting;
const goingTo =
  stack.destination ?? "the built-in receiver, which prints here (no Grafana Cloud account is configured)";
process.stdout.write(
  `Sluice is ready: OTLP/HTTP on ${stack.http}, admin on ${stack.admin}, OTLP/gRPC on ${stack.grpc}, delivering to ${goingTo}\n`,
);
emit("server.ready", { addresses: `${stack.http}, ${stack.grpc}, ${stack.admin}` });

async function stop(reason: string): Promise<void> {
  const startedAt = performance.now();
  emit("server.stopping", { reason });
  await (await starting).stop();
  emit("server.stopped", { durationMs: Math.round(performance.now() - startedAt) });
  process.exit(0);
}

function fail(error: unknown): never {
  process.stderr.write(`${errorText(error)}\n`);
  process.exit(1);
}
