/** A kind of object as the API serves it. */
export interface KubernetesResource {
  /** `/api/v1` or `/apis/<group>/<version>`. */
  readonly api: string;
  readonly plural: string;
  readonly namespaced: boolean;
}

/** The kinds that discovery looks at. */
export const resources = {
  pod: { api: "/api/v1", plural: "pods", namespaced: true },
  service: { api: "/api/v1", plural: "services", namespaced: true },
  endpoints: { api: "/api/v1", plural: "endpoints", namespaced: true },
  endpointslice: { api: "/apis/discovery.k8s.io/v1", plural: "endpointslices", namespaced: true },
  ingress: { api: "/apis/networking.k8s.io/v1", plural: "ingresses", namespaced: true },
  node: { api: "/api/v1", plural: "nodes", namespaced: false },
  namespace: { api: "/api/v1", plural: "namespaces", namespaced: false },
} as const satisfies Readonly<Record<string, KubernetesResource>>;

export type ResourceName = keyof typeof resources;

/** The path of a kind's objects: of one namespace, or of all with an empty one. */
export function resourcePath({ api, plural, namespaced }: KubernetesResource, namespace: string): string {
  const within = namespaced && namespace !== "" ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  return `${api}${within}/${plural}`;
}

/** Roles of discovery.kubernetes and the kinds whose objects their targets come from, their own first. */
export const roles = {
  pod: ["pod"],
  service: ["service"],
  endpoints: ["endpoints", "service", "pod"],
  endpointslice: ["endpointslice", "service", "pod"],
  ingress: ["ingress"],
  node: ["node"],
} as const satisfies Readonly<Record<string, readonly ResourceName[]>>;

export type Role = keyof typeof roles;

/** Whether a text is a role. */
export function isRole(text: string): text is Role {
  return Object.hasOwn(roles, text);
}
