import { join } from "node:path";
import { createDestinationAccess } from "../../shared/aws/destination-access.ts";
import { createBudget } from "../../shared/commit/budget.ts";
import { openStorage, type Storage } from "../../shared/node/disk-queue/storage.ts";
import { systemClock as clock } from "../../shared/node/system-clock.ts";
import { decodeEnvelope } from "../../shared/queue/envelope.ts";
import type { Emit } from "../../shared/telemetry/events.ts";
import type { ServiceKey } from "../controller/component.ts";

export interface ServicesOptions {
  readonly storagePath: string;
  readonly emit: Emit;
  /** Bytes that receivers may hold together. */
  readonly inFlightBytes: number;
  /** Bytes of all queues on the disk together. */
  readonly maxStorageBytes: number;
  /** Days that a message of a queue is kept. */
  readonly maxStorageAgeMs: number;
}

/** What the components of a process share: queues on the disk, connections and credentials, memory for requests. */
export interface Services {
  get<T>(key: ServiceKey<T>): T;
  /** Opens the queues. Throws a sentence for a person. */
  open(): Promise<void>;
  close(): Promise<void>;
}

const maxSockets = 24;

export function createServices(options: ServicesOptions): Services {
  const { storagePath, emit, inFlightBytes, maxStorageBytes: maxBytes, maxStorageAgeMs: maxAgeMs } = options;
  const access = createDestinationAccess({ clock, maxSockets, env: process.env });
  let storage: Storage | undefined;
  const opened = (): Storage => {
    if (!storage) throw new Error("the queues are not open");
    return storage;
  };
  // Components that are only checked get it as well: nothing is opened until one of them runs.
  const late: Storage = {
    queue: (name) => opened().queue(name),
    names: () => opened().names(),
    upkeep: () => opened().upkeep(),
    facts: () => opened().facts(),
    close: async () => {},
  };
  const known: Readonly<Record<string, unknown>> = {
    storage: late,
    transport: access.transport,
    authorize: access.authorize,
    budget: createBudget(inFlightBytes),
  };

  return {
    get(key) {
      if (!Object.hasOwn(known, key.name)) throw new Error(`there is no service ${key.name}`);
      return known[key.name] as never;
    },
    async open() {
      const path = join(storagePath, "queues");
      const result = await openStorage({ path, maxBytes, maxAgeMs, clock, emit, itemsOf });
      if (result.kind === "failed") throw new Error(`--storage.path: ${result.problem}`);
      storage = result.storage;
    },
    async close() {
      await storage?.close();
      access.close();
    },
  };
}

function itemsOf(body: string | Uint8Array): number {
  const decoded = decodeEnvelope(body);
  return decoded.kind === "batch" ? decoded.batch.items : 0;
}
