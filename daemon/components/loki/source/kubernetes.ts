import {
  attribute,
  block,
  blockWithDefaults,
  type DecodedBy,
  required,
  table,
} from "../../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../../shared/alloy/composite-types.ts";
import { string } from "../../../../shared/alloy/text-types.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { createKubernetesClient, type KubernetesClient } from "../../../../shared/node/kubernetes/kubernetes-client.ts";
import type { Positions } from "../../../../shared/node/tail/positions.ts";
import { logsReceiver } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { clusterAccess, clusterProblem } from "../../blocks/cluster.ts";
import { clusteringTable, clusterOf } from "../../blocks/clustering.ts";
import { httpClientFields } from "../../blocks/http-client.ts";
import { untilAborted } from "../../until-aborted.ts";
import { sendLines } from "./container-entries.ts";
import { followPod, type PodContainer } from "./follow-pod.ts";
import { withPositions } from "./with-positions.ts";
import { createWorkerSet } from "./worker-set.ts";

const clientTable = table(
  { api_server: attribute(string), kubeconfig_file: attribute(string), ...httpClientFields },
  { validate: clusterProblem },
);
const args = table({
  targets: required(list(target), { help: "As discovery.kubernetes exports pods." }),
  forward_to: required(list(logsReceiver)),
  client: blockWithDefaults(clientTable),
  clustering: block(clusteringTable, { help: "Shares the containers with the other members of the cluster." }),
});

type Arguments = DecodedBy<typeof args>;

/** A container of a pod, and the labels of its entries. */
interface PodTarget extends PodContainer {
  readonly labels: readonly (readonly [string, string])[];
}

/** `loki.source.kubernetes`: follows the logs of pods through the Kubernetes API. */
export const kubernetes = defineComponent({
  name: "loki.source.kubernetes",
  stability: "generally-available",
  arguments: args,
  exports: {},
  build(given, context) {
    let current = given;
    let changed: () => void = () => {};
    let containers: readonly string[] = [];
    clientOf(given, context).close();
    return {
      exports: {},
      run: (abort) =>
        withPositions(context, async (positions) => {
          while (!abort.aborted) {
            const restart = new AbortController();
            const signal = AbortSignal.any([abort, restart.signal]);
            const following = follow(current, { positions, context, signal });
            const unwatch = clusterOf(current, context).onChange(() => changed());
            changed = () => {
              const targets = ownTargets(current, context);
              const [before, after] = [withoutTargets(following.given), withoutTargets(current)];
              if (before !== after || following.given.forward_to !== current.forward_to) restart.abort();
              else following.setTargets(targets);
              containers = [...targets.keys()];
            };
            changed();
            await following.ended;
            unwatch();
          }
        }),
      update(next) {
        clientOf(next, context).close();
        const { forward_to: before } = current;
        const isSame =
          before.length === next.forward_to.length && before.every((each, at) => each === next.forward_to[at]);
        current = isSame ? { ...next, forward_to: before } : next;
        changed();
      },
      debugInfo: () => ({ targets: containers }),
    };
  },
});

interface Following {
  readonly given: Arguments;
  setTargets(targets: ReadonlyMap<string, PodTarget>): void;
  readonly ended: Promise<void>;
}

interface FollowOptions {
  readonly positions: Positions;
  readonly context: ComponentContext<unknown>;
  readonly signal: AbortSignal;
}

/** Follows the containers that it is given until `signal` aborts. */
function follow(given: Arguments, { positions, context, signal }: FollowOptions): Following {
  const client = clientOf(given, context);
  const receiver = fanOut(given.forward_to);
  const workers = createWorkerSet((pod: PodTarget, stop, isGone) => {
    const send = sendLines({ labels: pod.labels, rules: [] }, receiver);
    return followPod({ pod, client, positions, context, send, isGone }, stop);
  });
  const ended = untilAborted(signal).then(async () => {
    await workers.stop();
    client.close();
  });
  return { given, ended, setTargets: (targets) => workers.set(targets) };
}

function withoutTargets({ targets: _targets, forward_to: _receivers, ...rest }: Arguments): string {
  return JSON.stringify(rest, (_key, value: unknown) => (value instanceof Map ? [...value] : value));
}

/** Those of them that no other member of the cluster follows. */
function ownTargets(given: Arguments, context: ComponentContext<unknown>): ReadonlyMap<string, PodTarget> {
  const cluster = clusterOf(given, context);
  return new Map([...targetsOf(given, context.id)].filter(([key]) => cluster.owns(key)));
}

/** One target for each container: discovery has one for each of its ports. */
function targetsOf({ targets }: Arguments, id: string): ReadonlyMap<string, PodTarget> {
  const found = new Map<string, PodTarget>();
  for (const each of targets) {
    const pod = podTarget(each, id);
    if (pod && !found.has(pod.key)) found.set(pod.key, pod);
  }
  return found;
}

function podTarget(labels: Target, id: string): PodTarget | undefined {
  const of = (own: string, discovered: string) =>
    labels.get(own) ?? labels.get(`__meta_kubernetes_${discovered}`) ?? "";
  const namespace = of("__pod_namespace__", "namespace");
  const pod = of("__pod_name__", "pod_name");
  const container = of("__pod_container_name__", "pod_container_name");
  const uid = of("__pod_uid__", "pod_uid");
  if ([namespace, pod, container, uid].includes("")) return undefined;
  const instance = `${namespace}/${pod}:${container}`;
  const kept = [...labels].filter(([name]) => !name.startsWith("__"));
  const all = new Map([["job", id] as const, ["instance", instance] as const, ...kept]);
  return { key: `${instance}:${uid}`, namespace, pod, container, uid, labels: [...all] };
}

function clientOf({ client }: Arguments, { clock }: ComponentContext<unknown>): KubernetesClient {
  return createKubernetesClient(clusterAccess(client, clock).client);
}
