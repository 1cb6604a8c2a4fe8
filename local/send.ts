import { connect } from "node:net";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import { signals } from "../shared/otlp/signals.ts";
import type { SignalName } from "../shared/signal.ts";
import { createDemo } from "./demo/exporters.ts";
import { help, parseSendOptions, type SendOptions } from "./send-options.ts";

const maxItems = { traces: 500, metrics: 500, logs: 500 } as const;

const parsed = parseSendOptions(process.argv.slice(2), process.env);
switch (parsed.kind) {
  case "help":
    process.stdout.write(help);
    break;
  case "invalid":
    for (const problem of parsed.problems) process.stderr.write(`${problem}\n`);
    process.stderr.write("Try: npm run send -- --help\n");
    process.exitCode = 2;
    break;
  case "options":
    process.exitCode = (await sendAll(parsed.options)) ? 0 : 1;
}

async function sendAll(options: SendOptions): Promise<boolean> {
  process.stderr.write(`Sending to ${options.endpoint} (${options.protocol}, ${options.compression})\n`);
  // The exporters would go on trying for ten seconds.
  if (!(await isListening(options.endpoint))) {
    process.stderr.write(`Nothing listens at ${options.endpoint}: start the gateway with npm start.\n`);
    return false;
  }
  let whole = true;
  for (const signal of options.signals) whole = (await sendSignal(signal, options)) && whole;
  return whole;
}

function isListening(endpoint: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(endpoint);
  const host = hostname.replace(/^\[|\]$/g, "");
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port) || (protocol === "https:" ? 443 : 80) });
    const settle = (found: boolean) => {
      socket.destroy();
      resolve(found);
    };
    socket
      .once("connect", () => settle(true))
      .once("error", (error: NodeJS.ErrnoException) => {
        settle(error.code !== "ECONNREFUSED");
      });
  });
}

async function sendSignal(signal: SignalName, options: SendOptions): Promise<boolean> {
  const send = createDemo(signal, options);
  const { itemNoun } = signals[signal].request;
  const leftOut = watchPartialSuccess();
  let sent = 0;
  while (sent < options.count) {
    const items = Math.min(maxItems[signal], options.count - sent);
    const problem = await send(items);
    if (problem !== undefined) {
      progress("");
      const refused = options.count - sent;
      process.stdout.write(`${signal}: ${sent} of ${options.count} ${itemNoun} accepted, ${refused} not: ${problem}\n`);
      return false;
    }
    sent += items;
    progress(`${signal}: ${sent} of ${options.count}`);
  }
  progress("");
  const { items, message } = leftOut();
  const accepted = sent - items;
  process.stdout.write(
    items > 0
      ? `${signal}: ${accepted} of ${sent} ${itemNoun} accepted, ${items} not: ${message}\n`
      : `${signal}: ${sent} ${itemNoun} accepted\n`,
  );
  return items === 0;
}

/** The exporters tell of a partial success in a warning alone. */
function watchPartialSuccess(): () => { items: number; message: string } {
  let items = 0;
  let message = "";
  const read = (text: string, detail: unknown) => {
    if (!text.startsWith("Received Partial Success") || typeof detail !== "string") return;
    const partial: Record<string, unknown> = JSON.parse(detail);
    const rejected = Object.entries(partial).find(([name]) => name.startsWith("rejected"))?.[1];
    items += Number(rejected ?? 0);
    message = String(partial.errorMessage ?? message);
  };
  const ignore = () => {};
  const logger = { verbose: ignore, debug: ignore, info: ignore, error: ignore, warn: read };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  return () => ({ items, message });
}

/** One line that is drawn over, where somebody is looking. */
function progress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r${text.padEnd(60)}\r`);
}
