import { type JsonObject, objectOf, objectsOf } from "../json.ts";
import type { KubernetesObject } from "./object.ts";

const metadata = ["name", "namespace", "uid", "labels", "annotations", "ownerReferences"];
const spec =
  "nodeName type clusterIP externalName loadBalancerIP ipFamilyPolicy ipFamilies ports providerID rules tls ingressClassName";
const status = "phase podIP hostIP conditions addresses daemonEndpoints";

/**
 * What discovery looks at of an object, the rest left out: most of a pod's JSON is about volumes, probes and who
 * changed which field, and a cluster has many pods.
 */
export function trimmed(object: KubernetesObject): KubernetesObject {
  const { spec: fullSpec, status: fullStatus } = object;
  const { subsets, endpoints, ports, addressType } = object;
  return {
    metadata: pick(objectOf(object.metadata), metadata),
    ...(fullSpec !== undefined && {
      spec: {
        ...pick(objectOf(fullSpec), spec.split(" ")),
        ...eachOf(objectOf(fullSpec), ["containers", "initContainers"], ["name", "image", "ports"]),
      },
    }),
    ...(fullStatus !== undefined && {
      status: {
        ...pick(objectOf(fullStatus), status.split(" ")),
        ...eachOf(objectOf(fullStatus), ["conditions"], ["type", "status"]),
        ...eachOf(objectOf(fullStatus), ["containerStatuses", "initContainerStatuses"], ["name", "containerID"]),
      },
    }),
    ...pick({ subsets, endpoints, ports, addressType }, ["subsets", "endpoints", "ports", "addressType"]),
  };
}

function pick(object: JsonObject, names: readonly string[]): JsonObject {
  const picked: Record<string, unknown> = {};
  for (const name of names) if (object[name] !== undefined) picked[name] = object[name];
  return picked;
}

function eachOf(object: JsonObject, lists: readonly string[], names: readonly string[]): JsonObject {
  const picked: Record<string, unknown> = {};
  for (const list of lists) {
    if (object[list] !== undefined) picked[list] = objectsOf(object[list]).map((item) => pick(item, names));
  }
  return picked;
}
