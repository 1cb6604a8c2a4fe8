import { process as lokiProcess } from "../../../daemon/components/loki/process.ts";
import { file } from "../../../daemon/components/loki/source/file.ts";
import { write } from "../../../daemon/components/loki/write.ts";
import { logsReceiver } from "../../../daemon/controller/capsules.ts";
import type { ServiceKey } from "../../../daemon/controller/component.ts";
import { authorizeService, storageService, transportService } from "../../../daemon/egress/services.ts";
import { authorizeAtHand } from "../../../shared/delivery/auth.ts";
import { openStorage } from "../../../shared/node/disk-queue/storage.ts";
import { createHttpTransport } from "../../../shared/node/http-client/http-transport.ts";
import { systemClock as clock } from "../../../shared/node/system-clock.ts";
import { decodeArguments, runComponent } from "../components/component-stand.ts";

/** What the process does: the arguments of three components, as text, and where it keeps its state. */
export interface LogAgent {
  readonly directory: string;
  /** Of loki.source.file, without `forward_to`. */
  readonly source: string;
  /** Of loki.process, without `forward_to`. */
  readonly stages: string;
  /** Of loki.write. */
  readonly write: string;
}

// A process that follows files, sends lines through stages, and pushes them: started with a `LogAgent` in JSON, killed at will.
const agent = JSON.parse(process.argv[2] ?? "{}") as LogAgent;
const opened = await openStorage({
  path: `${agent.directory}/queue`,
  maxBytes: 2 ** 30,
  maxAgeMs: 86_400_000,
  clock,
  emit: () => {},
});
if (opened.kind === "failed") throw new Error(opened.problem);
const { storage } = opened;
const transport = createHttpTransport();
const services: Readonly<Record<string, unknown>> = {
  [storageService.name]: storage,
  [transportService.name]: transport,
  [authorizeService.name]: authorizeAtHand,
};
const service = <T>({ name }: ServiceKey<T>): T => services[name] as T;

const context = { service, id: "loki.write.main" };
const writing = await runComponent(write, decodeArguments(write.arguments, agent.write), context);
const stages = `forward_to = [out]\n${agent.stages}`;
const toWrite = { out: logsReceiver.encode(writing.exports().receiver) };
const processing = await runComponent(lokiProcess, decodeArguments(lokiProcess.arguments, stages, toWrite));
const toStages = { out: logsReceiver.encode(processing.exports().receiver) };
const source = decodeArguments(file.arguments, `forward_to = [out]\n${agent.source}`, toStages);
const tailing = await runComponent(file, source, { storageDir: `${agent.directory}/positions` });

process.on("SIGTERM", async () => {
  await tailing.stop();
  await processing.stop();
  await writing.stop();
  await storage.close();
  console.log(JSON.stringify({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() }));
  process.exit(0);
});
process.on("SIGUSR2", () => console.log(JSON.stringify({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() })));
console.log("ready");
