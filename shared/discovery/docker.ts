import { type JsonObject, numberOf, objectOf, objectsOf, textOf, textsOf } from "./json.ts";
import { hostPort, metaName, type TargetLabels, targetOf } from "./label-name.ts";

/** What discovery.docker says about ports. */
export interface DockerTargetOptions {
  /** Port of containers that have no TCP port. */
  readonly port: number;
  /** Address of containers in the host's network, without a port. */
  readonly hostNetworkingHost: string;
  /** Only the first network, by name, of containers in several. */
  readonly matchFirstNetwork: boolean;
}

const prefix = "__meta_docker_";

/**
 * Targets of Docker's `GET /containers/json` and `GET /networks`: one for each network and TCP port of each container,
 * with the labels of Prometheus' docker_sd_config.
 */
export function dockerTargets(
  containers: readonly unknown[],
  networks: readonly unknown[],
  options: DockerTargetOptions,
): TargetLabels[] {
  const all = new Map(containers.map(objectOf).map((container) => [textOf(container.Id) ?? "", container]));
  const networkLabels = new Map(networks.map(objectOf).map((network) => [textOf(network.Id) ?? "", labelsOf(network)]));
  return [...all.values()].flatMap((container) => {
    const name = Array.isArray(container.Names) ? textOf(container.Names[0]) : undefined;
    if (name === undefined) return [];
    const mode = networkMode(container);
    const common: Record<string, string> = {
      [`${prefix}container_id`]: textOf(container.Id) ?? "",
      [`${prefix}container_name`]: name,
      [`${prefix}container_network_mode`]: mode,
    };
    for (const [label, value] of textsOf(container.Labels))
      common[`${prefix}container_label_${metaName(label)}`] = value;
    return chosenNetworks(container, all, options.matchFirstNetwork).flatMap((network) => {
      const ip = textOf(network.IPAddress) ?? "";
      const shared = {
        ...common,
        ...networkLabels.get(textOf(network.NetworkID) ?? ""),
        [`${prefix}network_ip`]: ip,
      };
      const ports = objectsOf(container.Ports).filter(({ Type }) => Type === "tcp");
      if (ports.length > 0) return ports.map((port) => portTarget(shared, ip, port));
      const address = mode === "host" ? options.hostNetworkingHost : hostPort(ip, options.port);
      return [targetOf({ __address__: address, ...shared })];
    });
  });
}

function portTarget(shared: Readonly<Record<string, string>>, ip: string, port: JsonObject): TargetLabels {
  const privatePort = numberOf(port.PrivatePort) ?? 0;
  const publicPort = numberOf(port.PublicPort) ?? 0;
  const published = publicPort > 0;
  return targetOf({
    __address__: hostPort(ip, privatePort),
    ...shared,
    [`${prefix}port_private`]: String(privatePort),
    [`${prefix}port_public`]: published ? String(publicPort) : undefined,
    [`${prefix}port_public_ip`]: published ? (textOf(port.IP) ?? "") : undefined,
  });
}

function chosenNetworks(
  container: JsonObject,
  all: ReadonlyMap<string, JsonObject>,
  matchFirstNetwork: boolean,
): readonly JsonObject[] {
  const named = Object.entries(networksOf(container, all)).filter(([, network]) => network !== null);
  if (matchFirstNetwork && named.length > 1) named.sort(([a], [b]) => (a < b ? -1 : 1)).splice(1);
  return named.map(([, network]) => objectOf(network));
}

/** A container in another one's network has none of its own; the other may do the same. */
function networksOf(container: JsonObject, all: ReadonlyMap<string, JsonObject>): JsonObject {
  const asked = new Set<JsonObject>();
  let current: JsonObject | undefined = container;
  while (current && !asked.has(current)) {
    asked.add(current);
    const networks = objectOf(objectOf(current.NetworkSettings).Networks);
    if (Object.keys(networks).length > 0) return networks;
    const other: string | undefined = /^container:(.+)$/.exec(networkMode(current))?.[1];
    current = other === undefined ? undefined : all.get(other);
  }
  return {};
}

function networkMode(container: JsonObject): string {
  return textOf(objectOf(container.HostConfig).NetworkMode) ?? "";
}

function labelsOf(network: JsonObject): Record<string, string> {
  const labels: Record<string, string> = {
    [`${prefix}network_id`]: textOf(network.Id) ?? "",
    [`${prefix}network_name`]: textOf(network.Name) ?? "",
    [`${prefix}network_scope`]: textOf(network.Scope) ?? "",
    [`${prefix}network_internal`]: String(network.Internal === true),
    [`${prefix}network_ingress`]: String(network.Ingress === true),
  };
  for (const [label, value] of textsOf(network.Labels)) labels[`${prefix}network_label_${metaName(label)}`] = value;
  return labels;
}
