import { attribute, block, blocks, type DecodedBy, required, table } from "../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../shared/alloy/composite-types.ts";
import { bool } from "../../../shared/alloy/plain-types.ts";
import { string } from "../../../shared/alloy/text-types.ts";
import { isRole, type ResourceName, type Role, roles } from "../../../shared/discovery/kubernetes/resources.ts";
import { createKubernetesClient } from "../../../shared/node/kubernetes/kubernetes-client.ts";
import { type Selector, watchKubernetesTargets } from "../../../shared/node/kubernetes/kubernetes-targets.ts";
import { type ComponentContext, defineComponent } from "../../controller/component.ts";
import { clusterAccess, clusterProblem } from "../blocks/cluster.ts";
import { httpClientFields } from "../blocks/http-client.ts";
import type { DiscoveryExports } from "./refresh.ts";

const selector = table({ role: required(string), label: attribute(string), field: attribute(string) });

const args = table(
  {
    role: required(string),
    api_server: attribute(string),
    kubeconfig_file: attribute(string),
    namespaces: block(table({ own_namespace: attribute(bool), names: attribute(list(string)) })),
    selectors: blocks(selector),
    attach_metadata: block(table({ node: attribute(bool), namespace: attribute(bool) })),
    ...httpClientFields,
  },
  { validate: clusterProblem },
);

type Arguments = DecodedBy<typeof args>;
type Context = ComponentContext<DiscoveryExports>;
type Watch = (signal: AbortSignal) => Promise<void>;

/** discovery.kubernetes: objects of a cluster, by role, listed once and then watched. */
export const kubernetesDiscovery = defineComponent({
  name: "discovery.kubernetes",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build(given, context) {
    const state = { targets: 0, lastError: "" };
    let watch = prepare(given, context, state);
    let restart = new AbortController();
    return {
      exports: { targets: [] },
      async run(abort) {
        while (!abort.aborted) {
          restart = new AbortController();
          await watch(AbortSignal.any([abort, restart.signal]));
        }
      },
      update(next) {
        watch = prepare(next, context, state);
        restart.abort();
      },
      debugInfo: () => ({ targets: state.targets, last_error: state.lastError }),
    };
  },
});

/** Checks what can be checked before anything is asked; throws with a sentence. */
function prepare(given: Arguments, context: Context, state: { targets: number; lastError: string }): Watch {
  const access = clusterAccess(given, context.clock);
  if (!isRole(given.role)) throw new Error(`unknown Kubernetes SD role ${JSON.stringify(given.role)}`);
  const options = {
    role: given.role,
    namespaces: namespacesOf(given, access.namespace),
    selectors: selectorsOf(given, given.role),
    attachNode: given.attach_metadata?.node === true,
    attachNamespace: given.attach_metadata?.namespace === true,
    clock: context.clock,
    random: context.random,
    onTargets(targets: readonly Target[]) {
      state.targets = targets.length;
      context.setExports({ targets });
    },
    onHealth(failure: string | undefined) {
      if (failure === state.lastError || (failure === undefined && state.lastError === "")) return;
      state.lastError = failure ?? "";
      if (failure !== undefined) context.emit("discovery.failed", { message: failure });
      else context.emit("discovery.recovered", { targets: state.targets });
    },
  };
  return async (signal) => {
    const client = createKubernetesClient(access.client);
    await watchKubernetesTargets({ ...options, client }, signal).finally(() => client.close());
  };
}

function namespacesOf({ namespaces }: Arguments, own: string): readonly string[] {
  if (!namespaces) return [];
  return [...new Set([...namespaces.names, ...(namespaces.own_namespace && own !== "" ? [own] : [])])];
}

function selectorsOf({ selectors, attach_metadata: attach }: Arguments, role: Role): Map<ResourceName, Selector> {
  const allowed: readonly ResourceName[] = [...roles[role], ...(attach?.node ? (["node"] as const) : [])];
  const found = new Map<ResourceName, Selector>();
  for (const { role: of, label, field } of selectors) {
    const kind = allowed.find((name) => name === of);
    if (!kind) throw new Error(`${role} role supports only ${[...allowed].sort().join(", ")} selectors`);
    if (found.has(kind)) throw new Error(`duplicated selector role: ${of}`);
    found.set(kind, { label, field });
  }
  return found;
}
