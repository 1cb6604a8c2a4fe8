import type { OneDestination } from "../../daemon/egress/one-destination.ts";
import type { OpenEgress } from "../../daemon/egress/open-egress.ts";
import type { Accept } from "../../shared/batch/accept.ts";
import type { Destinations } from "../../shared/delivery/destination.ts";

export interface QueuedEgress {
  /** Opens the way of an exporter: what it takes is queued in its name. */
  readonly open: OpenEgress;
  /** The destinations of the exporters that run, by their ids: for those who deliver. */
  readonly destinations: Destinations;
}

/** The ways out of a pipeline whose exporters do not deliver: one envelope for each destination, delivered by the flush function. */
export function createQueuedEgress(enqueueFor: (destination: string) => Accept): QueuedEgress {
  const open = new Map<string, OneDestination>();
  return {
    async open({ name, destinations }) {
      open.set(name, destinations);
      return {
        accept: enqueueFor(name),
        async close() {
          if (open.get(name) === destinations) open.delete(name);
        },
      };
    },
    destinations: {
      candidates: (name) => open.get(name)?.candidates(name) ?? [],
      refused: async (name) => open.get(name)?.refused(name),
    },
  };
}
