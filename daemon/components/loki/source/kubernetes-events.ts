import { attribute, blockWithDefaults, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list } from "../../../../shared/alloy/composite-types.ts";
import { oneOf, string } from "../../../../shared/alloy/text-types.ts";
import type { JsonObject } from "../../../../shared/discovery/json.ts";
import type { EntryReceiver } from "../../../../shared/loki/entry-receiver.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { labelSet } from "../../../../shared/loki/labels.ts";
import { createKubernetesClient, type KubernetesClient } from "../../../../shared/node/kubernetes/kubernetes-client.ts";
import { logsReceiver } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { clusterAccess, clusterProblem } from "../../blocks/cluster.ts";
import { httpClientFields } from "../../blocks/http-client.ts";
import { eventLine } from "./event-line.ts";
import { followEvents } from "./follow-events.ts";
import { withPositions } from "./with-positions.ts";

const clientTable = table(
  { api_server: attribute(string), kubeconfig_file: attribute(string), ...httpClientFields },
  { validate: clusterProblem },
);
const args = table({
  forward_to: required(list(logsReceiver)),
  job_name: attribute(string, { default: "loki.source.kubernetes_events" }),
  namespaces: attribute(list(string), { help: "None: all of them." }),
  log_format: attribute(oneOf(["logfmt", "json"]), { default: "logfmt" }),
  client: blockWithDefaults(clientTable),
});

type Arguments = DecodedBy<typeof args>;

/** `loki.source.kubernetes_events`: the events of a cluster as lines. */
export const kubernetesEvents = defineComponent({
  name: "loki.source.kubernetes_events",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let changed: () => void = () => {};
    clientOf(given, context).close();
    return {
      exports: {},
      run: (abort) =>
        withPositions(context, async (positions) => {
          while (!abort.aborted) {
            const restart = new AbortController();
            changed = () => restart.abort();
            const signal = AbortSignal.any([abort, restart.signal]);
            const client = clientOf(current, context);
            const take = taker(current, context.id);
            const namespaces = current.namespaces.length === 0 ? [""] : current.namespaces;
            const { clock, emit } = context;
            const following = namespaces.map((namespace) =>
              followEvents({ namespace, client, positions, clock, emit, take }, signal),
            );
            await Promise.all(following);
            client.close();
          }
        }),
      update(next) {
        clientOf(next, context).close();
        current = next;
        changed();
      },
    };
  },
});

/** Sends events on; resolves when they are durable. */
function taker({ forward_to: receivers, job_name: job, log_format: format }: Arguments, id: string) {
  const receiver: EntryReceiver = fanOut(receivers);
  return async (events: readonly JsonObject[]): Promise<void> => {
    const entries = events.flatMap((event) => {
      const made = eventLine(event, format);
      if (made === undefined) return [];
      const labels = labelSet(Object.entries({ namespace: made.namespace, job, instance: id }));
      return [{ labels, timeUnixNano: BigInt(made.timeMs) * 1_000_000n, line: made.line, metadata: [] }];
    });
    if (entries.length > 0) await receiver.consume(entries);
  };
}

function clientOf({ client }: Arguments, { clock }: ComponentContext<unknown>): KubernetesClient {
  return createKubernetesClient(clusterAccess(client, clock).client);
}
