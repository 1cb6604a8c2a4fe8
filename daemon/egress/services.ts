import type { Budget } from "../../shared/commit/budget.ts";
import type { Authorize } from "../../shared/delivery/auth.ts";
import type { Transport } from "../../shared/delivery/transport.ts";
import type { Storage } from "../../shared/node/disk-queue/storage.ts";
import type { ServiceKey } from "../controller/component.ts";
import type { OpenEgress } from "./open-egress.ts";

/** The queues on the disk, below the storage path of the process. */
export const storageService: ServiceKey<Storage> = { name: "storage" };

/** What sends requests to destinations. */
export const transportService: ServiceKey<Transport> = { name: "transport" };

/** What puts credentials on requests to destinations. */
export const authorizeService: ServiceKey<Authorize> = { name: "authorize" };

/** The memory that all receivers of a process share, from a request's first byte to its answer. */
export const budgetService: ServiceKey<Budget> = { name: "budget" };

/** What opens the way to a destination for an exporter. */
export const egressService: ServiceKey<OpenEgress> = { name: "egress" };
