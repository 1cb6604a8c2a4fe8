import manifest from "../../package.json" with { type: "json" };
import { textPage } from "../../shared/http/pages.ts";
import { guardPages } from "../../shared/http/same-origin.ts";
import { createHttpServer } from "../../shared/node/http-server/http-server.ts";
import { openReplayJournal } from "../../shared/node/replay-journal.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { overviewOf } from "../../shared/overview/overview.ts";
import { createQueueDeadLetters } from "../../ui/serve/dead-letters.ts";
import { createUi } from "../../ui/serve/ui.ts";
import { defineCommand, exitCodes, stageOption } from "../command.ts";
import { deadLetterEvents } from "../dead-letters/events.ts";
import { openQueues, stateDirectory } from "../dead-letters/open-queues.ts";
import { stageOf } from "../stage.ts";
import { complain } from "../terminal/io.ts";
import { readStageView } from "./stage-view.ts";

const host = "127.0.0.1";
/** Answers of AWS are shown again to whoever asks within this time. */
const freshMs = 15_000;

/** `sluice ui`: the pages of a deployed stage, on this machine alone. */
export const ui = defineCommand({
  name: "ui",
  summary: "Show a deployed stage in the browser: its queues, dead letters, alarms and functions",
  details:
    "It listens only on 127.0.0.1 and asks AWS with the credentials of this shell. A daemon and the local stack have their pages on the admin port.",
  options: {
    stage: stageOption,
    port: { type: "string", placeholder: "PORT", help: "Port of the pages (default: a free one)" },
    "read-only": { type: "boolean", help: "Only look: nothing can be replayed or discarded" },
  },
  examples: [
    { line: "sluice ui --stage prod", comment: "prod in the browser, at the address that it prints" },
    { line: "sluice ui --stage prod --read-only", comment: "for looking alone" },
  ],
  async run({ options, io }) {
    const stage = stageOf(options, io);
    if (stage === undefined) return exitCodes.usage;
    const port = Number(options.port ?? "0");
    if (!/^\d{1,5}$/.test(options.port ?? "0") || port > 65_535) {
      complain(io, `--port is ${options.port}: it must be a number from 0 to 65535.`);
      return exitCodes.usage;
    }
    const queues = await openQueues({ stage }, io, { leaseSeconds: 120 });
    if (typeof queues === "number") return queues;
    const journal = openReplayJournal(stateDirectory(io), clock.now());
    const rules = { boundTo: host, readOnly: options["read-only"] === true, tokens: () => [] };
    let read: ReturnType<typeof readStageView> | undefined;
    let readAt = 0;
    const view = () => {
      if (read === undefined || clock.now() - readAt > freshMs) {
        readAt = clock.now();
        read = readStageView(stage, io, readAt);
      }
      return read;
    };
    const pages = createUi({
      program: "stage",
      name: stage,
      version: manifest.version,
      rules,
      overview: async () => ({ ...overviewOf([], { now: clock.now() }), queues: (await view()).queues }),
      hasDeadLetters: true,
      calls: { stage: { method: "GET", answer: view } },
    });
    const deadLetters = createQueueDeadLetters({ ...queues, journal, clock, emit: deadLetterEvents(), rules });
    const server = createHttpServer({
      handle: guardPages(
        async (request) =>
          (await deadLetters(request)) ?? (await pages(request, false)) ?? textPage(404, "no such page\n"),
        host,
      ),
      maxBodyBytes: 1024 * 1024,
      maxConnections: 100,
    });
    const listening = await server.listen(port, host).catch((error: Error) => error.message);
    if (typeof listening === "string") {
      complain(io, `The pages cannot be served: ${listening}`, "Give another --port, or none.");
      return exitCodes.failed;
    }
    io.out(`http://${host}:${listening.port}/`);
    io.say(`The pages of ${stage} are at this address until Ctrl-C.`);
    await new Promise<void>((resolve) => {
      for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => resolve());
    });
    await server.close(0);
    journal.dispose();
    queues.close();
    return exitCodes.ok;
  },
});
