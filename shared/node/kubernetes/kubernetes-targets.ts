import type { Clock, Random } from "../../clock.ts";
import type { KubernetesObject } from "../../discovery/kubernetes/object.ts";
import { type ResourceName, type Role, resourcePath, resources, roles } from "../../discovery/kubernetes/resources.ts";
import { createRoleTargets } from "../../discovery/kubernetes/role-targets.ts";
import type { TargetLabels } from "../../discovery/label-name.ts";
import type { KubernetesClient } from "./kubernetes-client.ts";
import { createMirror, type Mirror } from "./mirror.ts";

/** Label and field selectors of a kind of object. */
export interface Selector {
  readonly label: string;
  readonly field: string;
}

/** What discovery.kubernetes asks for, and who is told. */
export interface KubernetesTargetsOptions {
  readonly client: KubernetesClient;
  readonly role: Role;
  /** Namespaces to look at; all of them when empty. */
  readonly namespaces: readonly string[];
  readonly selectors: ReadonlyMap<ResourceName, Selector>;
  readonly attachNode: boolean;
  readonly attachNamespace: boolean;
  readonly clock: Clock;
  readonly random: Random;
  /** All targets there are, at most once a second; first when every list is complete. */
  readonly onTargets: (targets: readonly TargetLabels[]) => void;
  /** What fails, as a sentence; undefined when nothing does any more. */
  readonly onHealth: (failure: string | undefined) => void;
}

const minUpdateMs = 1000;

/** Keeps the targets of a role up to date until `signal` aborts. Never rejects. */
export async function watchKubernetesTargets(options: KubernetesTargetsOptions, signal: AbortSignal): Promise<void> {
  const { role, clock, onTargets } = options;
  const failures = new Map<string, string>();
  const all: { mirror: Mirror; kind: ResourceName }[] = [];
  const targetsOf = createRoleTargets(role);
  let storesVersion = 0;
  let pending = false;
  let publishing: Promise<void> | undefined;

  function start(kind: ResourceName, namespace: string): void {
    const { label = "", field = "" } = options.selectors.get(kind) ?? {};
    const path = resourcePath(resources[kind], namespace);
    const mirror = createMirror({
      client: options.client,
      query: { path, labelSelector: label, fieldSelector: field },
      clock,
      random: options.random,
      onChange() {
        if (kind !== role) storesVersion += 1;
        changed();
      },
      onHealth(failure) {
        if (failure === undefined) failures.delete(path);
        else failures.set(path, failure);
        options.onHealth(failures.values().next().value);
      },
    });
    all.push({ mirror, kind });
  }

  function changed(): void {
    pending = true;
    if (all.every(({ mirror }) => mirror.synced())) publishing ??= publish();
  }

  async function publish(): Promise<void> {
    // Changes of one turn of the event loop go together.
    await Promise.resolve();
    while (pending && !signal.aborted) {
      pending = false;
      onTargets(targetsOf({ own: stores(role), stores: related(), storesVersion }));
      await clock.sleep(minUpdateMs, signal);
    }
    publishing = undefined;
  }

  function related() {
    return {
      pods: merged("pod"),
      services: merged("service"),
      nodes: options.attachNode ? merged("node") : undefined,
      namespaces: options.attachNamespace ? merged("namespace") : undefined,
    };
  }

  function stores(kind: ResourceName): ReadonlyMap<string, KubernetesObject>[] {
    return all.filter((entry) => entry.kind === kind).map(({ mirror }) => mirror.objects);
  }

  function merged(kind: ResourceName): ReadonlyMap<string, KubernetesObject> {
    const found = stores(kind);
    const [only = new Map()] = found;
    return found.length <= 1 ? only : new Map(found.flatMap((store) => [...store]));
  }

  for (const kind of kindsOf(options)) {
    const within = resources[kind].namespaced && options.namespaces.length > 0 ? options.namespaces : [""];
    for (const namespace of within) start(kind, namespace);
  }
  await Promise.all(all.map(({ mirror }) => mirror.run(signal)));
  await publishing;
}

function kindsOf({ role, attachNode, attachNamespace }: KubernetesTargetsOptions): ReadonlySet<ResourceName> {
  const kinds = new Set<ResourceName>(roles[role]);
  if (attachNode && role !== "node") kinds.add("node");
  if (attachNamespace) kinds.add("namespace");
  return kinds;
}
