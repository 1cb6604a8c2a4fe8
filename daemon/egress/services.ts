import type { Transport } from "../../shared/delivery/transport.ts";
import type { Storage } from "../../shared/node/disk-queue/storage.ts";
import type { ServiceKey } from "../controller/component.ts";

/** The queues on the disk, below the storage path of the process. */
export const storageService: ServiceKey<Storage> = { name: "storage" };

/** What sends requests to destinations. */
export const transportService: ServiceKey<Transport> = { name: "transport" };
