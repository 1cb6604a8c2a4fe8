import { type JsonObject, objectOf, objectsOf, textOf, textsOf } from "../json.ts";
import { metaName } from "../label-name.ts";

/** An object of the Kubernetes API as JSON. */
export type KubernetesObject = JsonObject;

/** Objects by `namespace/name`, or by name alone where the kind has no namespace. */
export type ObjectStore = ReadonlyMap<string, KubernetesObject>;

/** What the labels of one object may be taken from beside itself; a store is empty where it was not asked for. */
export interface KubernetesStores {
  readonly pods: ObjectStore;
  readonly services: ObjectStore;
  /** Undefined: labels of nodes are not attached. */
  readonly nodes: ObjectStore | undefined;
  /** Undefined: labels of namespaces are not attached. */
  readonly namespaces: ObjectStore | undefined;
}

/** Labels being collected. */
export type Labels = Record<string, string>;

/** What all labels of discovery.kubernetes begin with. */
export const prefix = "__meta_kubernetes_";

/** `metadata.name`. */
export function nameOf(object: KubernetesObject): string {
  return textOf(objectOf(object.metadata).name) ?? "";
}

/** `metadata.namespace`; empty for kinds without one. */
export function namespaceOf(object: KubernetesObject): string {
  return textOf(objectOf(object.metadata).namespace) ?? "";
}

/** The key of an object in its store. */
export function keyOf(object: KubernetesObject): string {
  return storeKey(namespaceOf(object), nameOf(object));
}

/** The key of a name in a namespace. */
export function storeKey(namespace: string, name: string): string {
  return namespace === "" ? name : `${namespace}/${name}`;
}

/** Name, labels and annotations of an object, as `<role>_name`, `<role>_label_…`, `<role>_labelpresent_…` and so on. */
export function objectLabels(object: KubernetesObject, role: string): Labels {
  return { [`${prefix}${role}_name`]: nameOf(object), ...metadataLabels(object, role) };
}

function metadataLabels(object: KubernetesObject, role: string): Labels {
  const { labels, annotations } = objectOf(object.metadata);
  const found: Labels = {};
  for (const [kind, values] of [
    ["label", labels],
    ["annotation", annotations],
  ] as const) {
    for (const [name, value] of textsOf(values)) {
      found[`${prefix}${role}_${kind}_${metaName(name)}`] = value;
      found[`${prefix}${role}_${kind}present_${metaName(name)}`] = "true";
    }
  }
  return found;
}

/** Labels of the node of that name, where they are attached. */
export function attachedNode(stores: KubernetesStores, name: string | undefined): Labels {
  const node = name === undefined ? undefined : stores.nodes?.get(name);
  return node ? objectLabels(node, "node") : {};
}

/** Labels of the namespace, where they are attached. */
export function attachedNamespace(stores: KubernetesStores, name: string): Labels {
  const namespace = stores.namespaces?.get(name);
  return namespace ? metadataLabels(namespace, "namespace") : {};
}

/** Kind and name of the owner that controls an object. */
export function controllerOf(object: KubernetesObject): JsonObject | undefined {
  return objectsOf(objectOf(object.metadata).ownerReferences).find(({ controller }) => controller === true);
}
