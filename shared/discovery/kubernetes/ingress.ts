import { objectOf, objectsOf, textOf } from "../json.ts";
import { type TargetLabels, targetOf } from "../label-name.ts";
import {
  attachedNamespace,
  type KubernetesObject,
  type KubernetesStores,
  namespaceOf,
  objectLabels,
  prefix,
} from "./object.ts";

/** One target for each path of each rule of an ingress. */
export function ingressTargets(ingress: KubernetesObject, stores: KubernetesStores): TargetLabels[] {
  const spec = objectOf(ingress.spec);
  const group = {
    [`${prefix}namespace`]: namespaceOf(ingress),
    [`${prefix}ingress_class_name`]: textOf(spec.ingressClassName),
    ...objectLabels(ingress, "ingress"),
    ...attachedNamespace(stores, namespaceOf(ingress)),
  };
  const secure = objectsOf(spec.tls).flatMap(({ hosts }) => (Array.isArray(hosts) ? hosts.map(String) : []));
  return objectsOf(spec.rules).flatMap((rule) => {
    const host = textOf(rule.host) ?? "";
    const scheme = secure.some((pattern) => matchesHost(pattern, host)) ? "https" : "http";
    const paths = rule.http === undefined ? [{}] : objectsOf(objectOf(rule.http).paths);
    return paths.map(({ path }) =>
      targetOf({
        __address__: host,
        ...group,
        [`${prefix}ingress_scheme`]: scheme,
        [`${prefix}ingress_host`]: host,
        [`${prefix}ingress_path`]: textOf(path) || "/",
      }),
    );
  });
}

/** `*.example.com` stands for exactly one more part. */
function matchesHost(pattern: string, host: string): boolean {
  if (pattern === host) return true;
  const [first, ...rest] = pattern.split(".");
  const [, ...hostRest] = host.split(".");
  return first === "*" && rest.join(".") === hostRest.join(".");
}
