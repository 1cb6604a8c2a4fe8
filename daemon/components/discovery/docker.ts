import { attribute, blocks, required, table } from "../../../shared/alloy/arguments.ts";
import { list, target } from "../../../shared/alloy/composite-types.ts";
import { bool, int } from "../../../shared/alloy/plain-types.ts";
import { duration, string } from "../../../shared/alloy/text-types.ts";
import { dockerTargets } from "../../../shared/discovery/docker.ts";
import { createDockerClient } from "../../../shared/node/docker/docker-client.ts";
import { defineComponent } from "../../controller/component.ts";
import { httpClientFields, httpClientProblem } from "../blocks/http-client.ts";
import { httpClientOptions } from "../blocks/http-client-options.ts";
import { refreshed } from "./refresh.ts";

const filter = table({ name: required(string), values: required(list(string)) });

const args = table(
  {
    host: required(string),
    port: attribute(int, { default: 80, help: "Port of containers that have no TCP port." }),
    host_networking_host: attribute(string, { default: "localhost" }),
    refresh_interval: attribute(duration, { default: 60_000 }),
    match_first_network: attribute(bool, { default: true }),
    filter: blocks(filter),
    ...httpClientFields,
  },
  {
    validate(given) {
      if (given.host === "") return "host attribute must not be empty";
      if (given.refresh_interval <= 0) return "refresh_interval must be greater than 0";
      return httpClientProblem(given);
    },
  },
);

/** discovery.docker: running containers, one target for each network and port. */
export const dockerDiscovery = defineComponent({
  name: "discovery.docker",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build: (given, context) =>
    refreshed(given, context, (current) => {
      const client = createDockerClient({ url: current.host, ...httpClientOptions(current, context.clock) });
      const filters = new Map(current.filter.map(({ name, values }) => [name, values]));
      return {
        intervalMs: current.refresh_interval,
        async refresh(signal) {
          const containers = await client.containers({ filters }, signal);
          if (containers.kind === "failed") return failed("containers", containers.message);
          const networks = await client.networks(signal);
          if (networks.kind === "failed") return failed("networks", networks.message);
          const targets = dockerTargets(containers.value, networks.value, {
            port: current.port,
            hostNetworkingHost: current.host_networking_host,
            matchFirstNetwork: current.match_first_network,
          });
          return { kind: "targets", targets };
        },
        close: () => client.close(),
      };
    }),
});

function failed(what: string, message: string) {
  return { kind: "failed", message: `error while listing ${what}: ${message}` } as const;
}
