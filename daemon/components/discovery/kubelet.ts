import { attribute, table } from "../../../shared/alloy/arguments.ts";
import { list, target } from "../../../shared/alloy/composite-types.ts";
import { duration, string } from "../../../shared/alloy/text-types.ts";
import { objectOf, objectsOf } from "../../../shared/discovery/json.ts";
import { namespaceOf } from "../../../shared/discovery/kubernetes/object.ts";
import { podTargets } from "../../../shared/discovery/kubernetes/pod.ts";
import { createApiClient } from "../../../shared/node/http-client/api-client.ts";
import { defineComponent } from "../../controller/component.ts";
import { httpClientFields, httpClientProblem } from "../blocks/http-client.ts";
import { httpClientOptions } from "../blocks/http-client-options.ts";
import { refreshed } from "./refresh.ts";

const defaultIntervalMs = 5_000;

const args = table(
  {
    url: attribute(string, { default: "https://localhost:10250", help: "The kubelet's address." }),
    refresh_interval: attribute(duration, { default: defaultIntervalMs, help: "Time between two looks." }),
    namespaces: attribute(list(string), { help: "Only pods of these; default: of all." }),
    ...httpClientFields,
  },
  {
    validate(given) {
      if (!/^https?:\/\/[^/]/.test(given.url)) return "URL scheme must be 'http' or 'https'";
      if (given.refresh_interval < 0) return "refresh_interval must not be negative";
      return httpClientProblem(given);
    },
  },
);

const noStores = { pods: new Map(), services: new Map(), nodes: undefined, namespaces: undefined };

/** discovery.kubelet: the pods of one node, asked of its kubelet instead of the API server. */
export const kubeletDiscovery = defineComponent({
  name: "discovery.kubelet",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build: (given, context) =>
    refreshed(given, context, (current) => {
      const { origin, pathname } = new URL(current.url);
      const client = createApiClient({ url: origin, ...httpClientOptions(current, context.clock) });
      const namespaces = new Set(current.namespaces);
      return {
        intervalMs: current.refresh_interval || defaultIntervalMs,
        async refresh(signal) {
          const answer = await client.getJson(`${pathname.replace(/\/$/, "")}/pods`, signal);
          if (answer.kind === "failed") return answer;
          const pods = objectsOf(objectOf(answer.value).items);
          const wanted = pods.filter((pod) => namespaces.size === 0 || namespaces.has(namespaceOf(pod)));
          return { kind: "targets", targets: wanted.flatMap((pod) => podTargets(pod, noStores)) };
        },
        close: () => client.close(),
      };
    }),
});
