import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { remoteWrite } from "../../../daemon/components/prometheus/remote-write.ts";
import { scrape } from "../../../daemon/components/prometheus/scrape.ts";
import { sampleReceiver } from "../../../daemon/controller/capsules.ts";
import type { ServiceKey } from "../../../daemon/controller/component.ts";
import { createDestinationAccess } from "../../../shared/aws/destination-access.ts";
import type { Clock } from "../../../shared/clock.ts";
import { openStorage } from "../../../shared/node/disk-queue/storage.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeArguments, type RunningComponent, runComponent } from "../components/component-stand.ts";

/** prometheus.scrape into prometheus.remote_write, with a queue on the disk. */
export interface WritePipeline {
  readonly write: RunningComponent<
    unknown,
    { readonly receiver: import("../../../shared/prometheus/sample.ts").SampleReceiver }
  >;
  readonly scrape: RunningComponent<unknown, unknown>;
  /** Names of what happened, with its fields. */
  events(): readonly { readonly name: string; readonly fields: object }[];
  stop(): Promise<void>;
}

/** Starts both from the texts of their blocks. `directory` is the storage path; without one it is temporary. `clock` is that of prometheus.remote_write. */
export async function startWritePipeline(
  texts: { scrape: string; write: string },
  directory?: string,
  clock: Clock = systemClock,
): Promise<WritePipeline> {
  const path = directory ?? mkdtempSync(join(tmpdir(), "write-"));
  const happened: { name: string; fields: object }[] = [];
  const opened = await openStorage({
    path,
    maxBytes: 64 * 2 ** 20,
    maxAgeMs: 3_600_000,
    clock: systemClock,
    emit: (name, fields) => void happened.push({ name, fields }),
  });
  if (opened.kind === "failed") {
    throw new Error(opened.problem);
  }
  const access = createDestinationAccess({ clock: systemClock, maxSockets: 8, env: {} });
  const services: Readonly<Record<string, unknown>> = { storage: opened.storage, ...access };
  const service = <T>({ name }: ServiceKey<T>): T => services[name] as T;
  const write = await runComponent(remoteWrite, decodeArguments(remoteWrite.arguments, texts.write), {
    service,
    clock,
    stabilityLevel: "experimental",
  });
  const variables = { receiver: sampleReceiver.encode(write.exports().receiver) };
  const scraping = await runComponent(scrape, decodeArguments(scrape.arguments, texts.scrape, variables), {
    id: "prometheus.scrape.test",
  });
  return {
    write: write as WritePipeline["write"],
    scrape: scraping as WritePipeline["scrape"],
    events: () => [...happened, ...write.events, ...scraping.events],
    async stop() {
      await scraping.stop();
      await write.stop();
      await opened.storage.close();
      access.close();
      if (directory === undefined) {
        rmSync(path, { recursive: true, force: true });
      }
    },
  };
}
