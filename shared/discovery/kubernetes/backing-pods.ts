import { numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { hostPort, type TargetLabels, targetOf } from "../label-name.ts";
import { type KubernetesObject, type KubernetesStores, keyOf, type Labels, prefix, storeKey } from "./object.ts";
import { podContainers, podLabels } from "./pod.ts";

/** The pods behind the addresses of a service, and which of their ports the service leads to. */
export interface BackingPods {
  /** Labels of the pod that an address refers to, and of its container with that port. */
  labels(reference: unknown, port: { readonly number: number | undefined; readonly protocol: string }): Labels;
  /** Targets for the ports of those pods that no address led to. */
  rest(group: Readonly<Record<string, string | undefined>>): TargetLabels[];
}

/** Starts to collect the pods of one Endpoints or EndpointSlice object. */
export function createBackingPods(stores: KubernetesStores): BackingPods {
  const seen = new Map<string, { pod: KubernetesObject; ports: Set<number> }>();
  return {
    labels(reference, { number, protocol }) {
      const { kind, namespace, name } = objectOf(reference);
      const pod = kind === "Pod" ? stores.pods.get(storeKey(textOf(namespace) ?? "", textOf(name) ?? "")) : undefined;
      if (!pod) return {};
      const entry = seen.get(keyOf(pod)) ?? { pod, ports: new Set() };
      seen.set(keyOf(pod), entry);
      if (number !== undefined) entry.ports.add(number);
      const labels = podLabels(pod);
      for (const { container, init } of podContainers(pod)) {
        const port = objectsOf(container.ports).find(({ containerPort }) => containerPort === number);
        if (number !== undefined && port) Object.assign(labels, portLabels(container, init, { ...port, protocol }));
      }
      return labels;
    },
    rest(group) {
      return [...seen.values()].flatMap(({ pod, ports }) => {
        const ip = textOf(objectOf(pod.status).podIP) ?? "";
        if (ip === "") return [];
        return podContainers(pod).flatMap(({ container, init }) =>
          objectsOf(container.ports)
            .filter(({ containerPort }) => !ports.has(numberOf(containerPort) ?? 0))
            .map((port) =>
              targetOf({
                __address__: hostPort(ip, numberOf(port.containerPort) ?? 0),
                ...group,
                ...portLabels(container, init, port),
                ...podLabels(pod),
              }),
            ),
        );
      });
    },
  };
}

function portLabels(container: KubernetesObject, init: boolean, port: KubernetesObject): Labels {
  return {
    [`${prefix}pod_container_name`]: textOf(container.name) ?? "",
    [`${prefix}pod_container_image`]: textOf(container.image) ?? "",
    [`${prefix}pod_container_port_name`]: textOf(port.name) ?? "",
    [`${prefix}pod_container_port_number`]: String(numberOf(port.containerPort) ?? 0),
    [`${prefix}pod_container_port_protocol`]: textOf(port.protocol) ?? "",
    [`${prefix}pod_container_init`]: String(init),
  };
}
