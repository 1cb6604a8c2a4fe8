import { type KubernetesObject, type KubernetesStores, keyOf } from "../../../shared/discovery/kubernetes/object.ts";

/** A pod with an IP, two ports and a container of its start. */
export function pod(name: string, over: { readonly spec?: object; readonly status?: object } = {}): KubernetesObject {
  return {
    metadata: {
      name,
      namespace: "shop",
      uid: `uid-${name}`,
      labels: { "app.kubernetes.io/name": "web" },
      annotations: { "prometheus.io/scrape": "true" },
      ownerReferences: [{ kind: "ReplicaSet", name: "web-1", controller: true }],
      managedFields: [{ manager: "kubectl" }],
    },
    spec: {
      nodeName: "node-1",
      containers: [
        {
          name: "app",
          image: "app:1",
          ports: [
            { name: "http", containerPort: 8080, protocol: "TCP" },
            { name: "dns", containerPort: 53, protocol: "UDP" },
          ],
        },
        { name: "proxy", image: "proxy:1" },
      ],
      initContainers: [{ name: "setup", image: "setup:1" }],
      volumes: [{ name: "data" }],
      ...over.spec,
    },
    status: {
      phase: "Running",
      podIP: "10.1.0.5",
      hostIP: "192.168.0.1",
      conditions: [{ type: "Ready", status: "True" }],
      containerStatuses: [{ name: "app", containerID: "containerd://abc" }],
      ...over.status,
    },
  };
}

/** Stores that hold the given objects; nodes and namespaces are attached where they are given. */
export function stores(objects: {
  readonly pods?: readonly KubernetesObject[];
  readonly services?: readonly KubernetesObject[];
  readonly nodes?: readonly KubernetesObject[];
  readonly namespaces?: readonly KubernetesObject[];
}): KubernetesStores {
  const store = (list: readonly KubernetesObject[] = []) => new Map(list.map((object) => [keyOf(object), object]));
  return {
    pods: store(objects.pods),
    services: store(objects.services),
    nodes: objects.nodes && store(objects.nodes),
    namespaces: objects.namespaces && store(objects.namespaces),
  };
}
