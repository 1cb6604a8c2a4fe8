import { numberOf, objectOf, objectsOf, textOf } from "../json.ts";
import { hostPort, type TargetLabels, targetOf } from "../label-name.ts";
import {
  attachedNamespace,
  type KubernetesObject,
  type KubernetesStores,
  type Labels,
  nameOf,
  namespaceOf,
  objectLabels,
  prefix,
} from "./object.ts";

/** One target for each port of a service, addressed by its DNS name. */
export function serviceTargets(service: KubernetesObject, stores: KubernetesStores): TargetLabels[] {
  const spec = objectOf(service.spec);
  const type = textOf(spec.type) ?? "";
  const namespace = namespaceOf(service);
  const group = { ...serviceLabels(service), ...attachedNamespace(stores, namespace) };
  const external = type === "ExternalName";
  return objectsOf(spec.ports).map((port) => {
    const number = numberOf(port.port) ?? 0;
    return targetOf({
      __address__: hostPort(`${nameOf(service)}.${namespace}.svc`, number),
      ...group,
      [`${prefix}service_port_name`]: textOf(port.name) ?? "",
      [`${prefix}service_port_number`]: String(number),
      [`${prefix}service_port_protocol`]: textOf(port.protocol) ?? "",
      [`${prefix}service_type`]: type,
      [`${prefix}service_external_name`]: external ? (textOf(spec.externalName) ?? "") : undefined,
      [`${prefix}service_cluster_ip`]: external ? undefined : (textOf(spec.clusterIP) ?? ""),
      [`${prefix}service_loadbalancer_ip`]: type === "LoadBalancer" ? (textOf(spec.loadBalancerIP) ?? "") : undefined,
    });
  });
}

/** Namespace, name, labels and annotations of a service. */
export function serviceLabels(service: KubernetesObject): Labels {
  return { [`${prefix}namespace`]: namespaceOf(service), ...objectLabels(service, "service") };
}
