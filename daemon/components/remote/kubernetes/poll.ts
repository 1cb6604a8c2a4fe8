import { attribute, blockWithDefaults, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import { textsOf } from "../../../../shared/discovery/json.ts";
import { errorText } from "../../../../shared/error-text.ts";
import { createKubernetesClient } from "../../../../shared/node/kubernetes/kubernetes-client.ts";
import type { Component, ComponentContext } from "../../../controller/component.ts";
import { clusterAccess, clusterProblem } from "../../blocks/cluster.ts";
import { httpClientFields } from "../../blocks/http-client.ts";

const client = table(
  { api_server: attribute(string), kubeconfig_file: attribute(string), ...httpClientFields },
  { validate: clusterProblem },
);

/** The arguments of remote.kubernetes.secret and remote.kubernetes.configmap. */
export const remoteKubernetesArguments = table(
  {
    namespace: required(string),
    name: required(string),
    poll_frequency: attribute(duration, { default: 60_000 }),
    poll_timeout: attribute(duration, { default: 15_000 }),
    client: blockWithDefaults(client),
  },
  {
    validate({ poll_frequency: frequency, poll_timeout: timeout }) {
      if (frequency <= 0) return "poll_frequency must be greater than 0";
      return timeout <= 0 ? "poll_timeout must not be greater than 0" : undefined;
    },
  },
);

type Arguments = DecodedBy<typeof remoteKubernetesArguments>;

/** What an object of the cluster becomes. */
interface Kind<Value> {
  /** `secrets` or `configmaps`. */
  readonly plural: string;
  value(text: string): Value;
}

/**
 * A component that reads one object of a cluster: once before it counts as built, and then again and again. A later failure
 * makes it unhealthy and keeps the last data. Rejects when the first read fails.
 */
export async function polled<Value>(
  args: Arguments,
  context: ComponentContext<{ data: ReadonlyMap<string, Value> }>,
  kind: Kind<Value>,
): Promise<Component<Arguments, { data: ReadonlyMap<string, Value> }>> {
  let current = args;
  let data = await read(args);
  let wake = new AbortController();

  async function read(given: Arguments): Promise<ReadonlyMap<string, Value>> {
    const access = clusterAccess(given.client, context.clock);
    const api = createKubernetesClient({ ...access.client, timeoutMs: given.poll_timeout });
    const place = `/api/v1/namespaces/${encodeURIComponent(given.namespace)}/${kind.plural}`;
    const answer = await api.get(`${place}/${encodeURIComponent(given.name)}`).finally(() => api.close());
    if (answer.kind === "failed") {
      throw new Error(`cannot read ${kind.plural} ${given.namespace}/${given.name}: ${answer.message}`);
    }
    return new Map(textsOf(answer.value.data).map(([name, text]) => [name, kind.value(text)]));
  }

  return {
    exports: { data },
    async run(abort) {
      while (!abort.aborted) {
        wake = new AbortController();
        const signal = AbortSignal.any([abort, wake.signal]);
        await context.clock.sleep(current.poll_frequency, signal);
        if (signal.aborted) continue;
        try {
          data = await read(current);
          context.setExports({ data });
          context.setHealth("healthy", "polled the object");
        } catch (error) {
          context.setHealth("unhealthy", errorText(error));
        }
      }
    },
    async update(next) {
      data = await read(next);
      current = next;
      context.setExports({ data });
      wake.abort();
    },
  };
}
