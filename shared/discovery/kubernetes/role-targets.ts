import type { TargetLabels } from "../label-name.ts";
import { endpointsTargets } from "./endpoints.ts";
import { endpointsliceTargets } from "./endpointslice.ts";
import { ingressTargets } from "./ingress.ts";
import { nodeTargets } from "./node.ts";
import type { KubernetesObject, KubernetesStores, ObjectStore } from "./object.ts";
import { podTargets } from "./pod.ts";
import type { Role } from "./resources.ts";
import { serviceTargets } from "./service.ts";

const byRole: Readonly<Record<Role, (object: KubernetesObject, stores: KubernetesStores) => TargetLabels[]>> = {
  pod: podTargets,
  service: serviceTargets,
  endpoints: endpointsTargets,
  endpointslice: endpointsliceTargets,
  ingress: ingressTargets,
  node: nodeTargets,
};

/** The objects of a role, in one store for each namespace that is looked at, and what their labels may come from. */
export interface RoleObjects {
  readonly own: readonly ObjectStore[];
  readonly stores: KubernetesStores;
  /** A number that is another one after each change of `stores`. */
  readonly storesVersion: number;
}

/** Computes the targets of a role; an object that has not changed, in stores that have not, is not looked at again. */
export function createRoleTargets(role: Role): (objects: RoleObjects) => readonly TargetLabels[] {
  let known = new WeakMap<KubernetesObject, readonly TargetLabels[]>();
  let knownVersion: number | undefined;
  return ({ own, stores, storesVersion }) => {
    if (storesVersion !== knownVersion) known = new WeakMap();
    knownVersion = storesVersion;
    const targets: TargetLabels[] = [];
    for (const store of own) {
      for (const object of store.values()) {
        const found = known.get(object) ?? byRole[role](object, stores);
        known.set(object, found);
        targets.push(...found);
      }
    }
    return targets;
  };
}
