import { attribute, blockWithDefaults, type DecodedBy, required, table } from "../../../../shared/alloy/arguments.ts";
import { list, map, type Target, target } from "../../../../shared/alloy/composite-types.ts";
import { duration, string } from "../../../../shared/alloy/text-types.ts";
import { fanOut } from "../../../../shared/loki/fan-out.ts";
import { createDockerClient, type DockerClient } from "../../../../shared/node/docker/docker-client.ts";
import type { Positions } from "../../../../shared/node/tail/positions.ts";
import { logsReceiver, relabelRules } from "../../../controller/capsules.ts";
import { type ComponentContext, defineComponent } from "../../../controller/component.ts";
import { httpClientFields, httpClientProblem } from "../../blocks/http-client.ts";
import { httpClientOptions } from "../../blocks/http-client-options.ts";
import { untilAborted } from "../../until-aborted.ts";
import { sendLines } from "./container-entries.ts";
import { followContainer } from "./follow-container.ts";
import { withPositions } from "./with-positions.ts";
import { createWorkerSet } from "./worker-set.ts";

const httpClient = table(httpClientFields, { validate: httpClientProblem });
const args = table(
  {
    host: required(string),
    targets: required(list(target), {
      help: "As discovery.docker exports them: `__meta_docker_container_id` says which container.",
    }),
    forward_to: required(list(logsReceiver)),
    labels: attribute(map(string), { help: "Labels of every entry." }),
    relabel_rules: attribute(relabelRules),
    refresh_interval: attribute(duration, { default: 60_000 }),
    http_client_config: blockWithDefaults(httpClient),
  },
  {
    validate({ host, refresh_interval: refreshMs }) {
      if (host === "") return "host attribute must not be empty";
      return refreshMs > 0 ? undefined : "refresh_interval must be positive";
    },
  },
);

type Arguments = DecodedBy<typeof args>;

const idLabel = "__meta_docker_container_id";
const streamLabel = "__meta_docker_log_stream";

/** `loki.source.docker`: follows the logs of containers through Docker's API. */
export const docker = defineComponent({
  name: "loki.source.docker",
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
            const early = new AbortController();
            changed = () => early.abort();
            containers = [...targetsOf(current).keys()];
            await follow(current, { positions, context, signal: AbortSignal.any([abort, early.signal]) });
          }
        }),
      update(next) {
        clientOf(next, context).close();
        current = next;
        changed();
      },
      debugInfo: () => ({ containers }),
    };
  },
});

interface Following {
  readonly positions: Positions;
  readonly context: ComponentContext<unknown>;
  readonly signal: AbortSignal;
}

/** Follows the containers of these arguments until `signal` aborts; positions lead from one run to the next. */
async function follow(given: Arguments, { positions, context, signal }: Following): Promise<void> {
  const client = clientOf(given, context);
  const receiver = fanOut(given.forward_to);
  const workers = createWorkerSet(async (labels: readonly (readonly [string, string])[], stop) => {
    const id = new Map(labels).get(idLabel) ?? "";
    const send = sendLines({ labels, streamLabel, rules: given.relabel_rules ?? [] }, receiver);
    await followContainer({ id, client, positions, context, send, refreshMs: given.refresh_interval }, stop);
  });
  workers.set(targetsOf(given));
  await untilAborted(signal);
  await workers.stop();
  client.close();
}

/** One target for each container: discovery has one for each port and network. */
function targetsOf({ targets, labels }: Arguments): ReadonlyMap<string, readonly (readonly [string, string])[]> {
  const found = new Map<string, readonly (readonly [string, string])[]>();
  for (const each of targets) {
    const id = (each as Target).get(idLabel);
    if (id !== undefined && id !== "" && !found.has(id)) found.set(id, [...labels, ...each]);
  }
  return found;
}

function clientOf({ host, http_client_config: http }: Arguments, { clock }: ComponentContext<unknown>): DockerClient {
  return createDockerClient({ url: host, ...httpClientOptions(http, clock) });
}
