import { required, table } from "../../../shared/alloy/arguments.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { alone, type Cluster, clusterService } from "../../controller/cluster.ts";
import type { ComponentContext } from "../../controller/component.ts";

/** The block `clustering` of components that share their targets with other processes. */
export const clusteringTable = table({ enabled: required(bool) });

/** With whom targets are shared: nobody, unless the block says so. */
export function clusterOf(
  { clustering }: { readonly clustering?: { readonly enabled: boolean } | undefined },
  context: Pick<ComponentContext<unknown>, "service">,
): Cluster {
  return clustering?.enabled ? context.service(clusterService) : alone;
}
