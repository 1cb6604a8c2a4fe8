import type { DecodedBy } from "../../../shared/alloy/arguments.ts";
import type { Entry, LabelSet } from "../../../shared/loki/entry.ts";
import type { EntryReceiver, LentEntries } from "../../../shared/loki/entry-receiver.ts";
import { labelSet, labelValue, mergeLabels } from "../../../shared/loki/labels.ts";
import { relabelled } from "../../../shared/loki/line-entry.ts";
import { tenantLabel } from "../../../shared/loki/stages/tenant.ts";
import { logsReceiver } from "../../controller/capsules.ts";
import { defineComponent } from "../../controller/component.ts";
import { untilAborted } from "../until-aborted.ts";
import { writeArguments } from "./write-arguments.ts";
import { endpointName, startEndpoint, tenantOf, type WriteEndpoint } from "./write-endpoint.ts";

type Arguments = DecodedBy<typeof writeArguments>;

/** `loki.write`: sends entries to Loki. They are durable when they are on the disk; from there they are delivered in order. */
export const write = defineComponent({
  name: "loki.write",
  stability: "generally-available",
  arguments: writeArguments,
  exports: { receiver: logsReceiver },
  build(given, context) {
    checkNames(given);
    let current = given;
    let prepared = preparer(given);
    /** Whoever sends before the component runs waits until it does. */
    const first = Promise.withResolvers<readonly Started[]>();
    let endpoints = first.promise;
    /** The same at hand, while nobody waits for them: entries must not overtake others. */
    let open: readonly Started[] | undefined;
    let waiting = 0;
    let isRunning = false;

    const start = async (args: Arguments): Promise<readonly Started[]> => {
      const starting = args.endpoint.map(async (each) => ({
        tenant: tenantOf(each),
        endpoint: await startEndpoint({ args: each, maxStreams: args.max_streams, context }),
      }));
      return Promise.all(starting);
    };

    /** Resolves when the batches that the entries are in are durable. */
    function add(entries: readonly Entry[], open: readonly Started[]): Promise<void> {
      const durable = new Durable();
      for (const entry of entries) addEntry(entry, open, durable);
      return durable.all();
    }

    function addEntry(entry: Entry, open: readonly Started[], durable: Durable): void {
      const { labels, tenant } = prepared(entry.labels);
      const sent = labels === entry.labels ? entry : relabelled(entry, labels);
      for (const each of open) durable.add(each.endpoint.add(sent, tenant ?? each.tenant));
    }

    function lend(): LentEntries | undefined {
      const to = open;
      if (to === undefined || waiting > 0) return undefined;
      const durable = new Durable();
      return { add: (entry) => addEntry(entry, to, durable), end: () => durable.all() };
    }

    async function addLater(entries: readonly Entry[]): Promise<void> {
      waiting += 1;
      const started = await endpoints;
      waiting -= 1;
      return add(entries, started);
    }

    const receiver: EntryReceiver = {
      consume: (entries) => (open === undefined || waiting > 0 ? addLater(entries) : add(entries, open)),
      lend,
    };

    return {
      exports: { receiver },
      async run(abort) {
        isRunning = true;
        first.resolve(await start(current));
        open = await endpoints;
        await untilAborted(abort);
        await close(await endpoints, current);
      },
      async update(next) {
        checkNames(next);
        const before = current;
        current = next;
        prepared = preparer(next);
        if (!isRunning) return;
        const old = await endpoints;
        open = undefined;
        endpoints = close(old, before).then(() => start(next));
        open = await endpoints;
      },
    };
  },
});

interface Started {
  readonly tenant: string;
  readonly endpoint: WriteEndpoint;
}

/** The batches that entries are in. Holds no entries: they would be kept while they wait for the disk. */
class Durable {
  private readonly batches = new Set<Promise<void>>();
  private last: Promise<void> | undefined;

  add(batch: Promise<void> | undefined): void {
    if (batch === undefined || batch === this.last) return;
    this.batches.add(batch);
    this.last = batch;
  }

  async all(): Promise<void> {
    await Promise.all(this.batches);
  }
}

async function close(endpoints: readonly Started[], { endpoint: args }: Arguments): Promise<void> {
  const timeouts = args.map(({ queue_config: { drain_timeout: ms } }) => ms);
  const abort = AbortSignal.timeout(Math.max(0, ...timeouts));
  await Promise.all(endpoints.map(({ endpoint }) => endpoint.close(abort)));
}

function checkNames({ endpoint }: Arguments): void {
  const names = endpoint.map(endpointName);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    throw new Error(
      `duplicate remote write configs are not allowed, found duplicate for endpoint ${twice}: give them names`,
    );
  }
}

/** Labels with the external ones under them, and the tenant that a stage has set; computed once for each set of labels. */
function preparer({ external_labels: external }: Arguments) {
  const others = labelSet(external);
  const known = new WeakMap<LabelSet, { readonly labels: LabelSet; readonly tenant: string | undefined }>();
  return (labels: LabelSet) => {
    let result = known.get(labels);
    if (result === undefined) {
      const tenant = labelValue(labels, tenantLabel);
      const own = tenant === undefined ? labels : labels.filter(({ name }) => name !== tenantLabel);
      result = { labels: mergeLabels(own, others), tenant: tenant || undefined };
      known.set(labels, result);
    }
    return result;
  };
}
