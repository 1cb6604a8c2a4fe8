import { describe, expect, it } from "vitest";
import { dockerTargets } from "../../shared/discovery/docker.ts";

const options = { port: 80, hostNetworkingHost: "localhost", matchFirstNetwork: true };

const bridge = { Id: "net1", Name: "bridge", Scope: "local", Internal: false, Ingress: false, Labels: { "a.b": "c" } };
const web = {
  Id: "c1",
  Names: ["/web"],
  Labels: { "com.docker.compose.service": "web" },
  HostConfig: { NetworkMode: "bridge" },
  NetworkSettings: { Networks: { bridge: { NetworkID: "net1", IPAddress: "172.17.0.2" } } },
  Ports: [
    { IP: "0.0.0.0", PrivatePort: 80, PublicPort: 8080, Type: "tcp" },
    { PrivatePort: 443, Type: "tcp" },
    { PrivatePort: 53, Type: "udp" },
  ],
};

const addresses = (containers: unknown[], over: Partial<typeof options> = {}) =>
  dockerTargets(containers, [bridge], { ...options, ...over }).map((target) => target.get("__address__"));

describe("dockerTargets()", () => {
  it("gives a target for each TCP port with all labels", () => {
    const [published, internal, ...others] = dockerTargets([web], [bridge], options);
    expect(others).toEqual([]);
    expect(Object.fromEntries(published ?? [])).toEqual({
      __address__: "172.17.0.2:80",
      __meta_docker_container_id: "c1",
      __meta_docker_container_name: "/web",
      __meta_docker_container_network_mode: "bridge",
      __meta_docker_container_label_com_docker_compose_service: "web",
      __meta_docker_network_id: "net1",
      __meta_docker_network_name: "bridge",
      __meta_docker_network_scope: "local",
      __meta_docker_network_internal: "false",
      __meta_docker_network_ingress: "false",
      __meta_docker_network_label_a_b: "c",
      __meta_docker_network_ip: "172.17.0.2",
      __meta_docker_port_private: "80",
      __meta_docker_port_public: "8080",
      __meta_docker_port_public_ip: "0.0.0.0",
    });
    expect(internal?.get("__address__")).toBe("172.17.0.2:443");
    expect(internal?.has("__meta_docker_port_public")).toBe(false);
  });

  it.each([
    [
      "a container without TCP ports has the default port",
      { Ports: [{ PrivatePort: 53, Type: "udp" }] },
      ["172.17.0.2:80"],
    ],
    [
      "a container in the host's network has the host without a port",
      {
        Ports: [],
        HostConfig: { NetworkMode: "host" },
        NetworkSettings: { Networks: { host: { NetworkID: "h", IPAddress: "" } } },
      },
      ["localhost"],
    ],
    [
      "an IPv6 address is in brackets",
      { Ports: [], NetworkSettings: { Networks: { n: { IPAddress: "fd00::2" } } } },
      ["[fd00::2]:80"],
    ],
    ["a container without a name is left out", { Names: [] }, []],
    ["a container without networks has no target", { NetworkSettings: { Networks: {} } }, []],
  ])("%s", (_, over, expected) => {
    expect(addresses([{ ...web, ...over }])).toEqual(expected);
  });

  it("takes the first of several networks by name, or all of them", () => {
    const two = {
      ...web,
      Ports: [],
      NetworkSettings: { Networks: { zoo: { IPAddress: "10.0.0.1" }, app: { IPAddress: "10.0.0.2" } } },
    };
    expect(addresses([two])).toEqual(["10.0.0.2:80"]);
    expect(addresses([two], { matchFirstNetwork: false })).toEqual(["10.0.0.1:80", "10.0.0.2:80"]);
  });

  it("borrows the networks of the container whose network it is in, and ends where they form a circle", () => {
    const sidecar = {
      ...web,
      Id: "c2",
      Names: ["/side"],
      HostConfig: { NetworkMode: "container:c1" },
      NetworkSettings: {},
    };
    expect(addresses([web, sidecar])).toEqual(["172.17.0.2:80", "172.17.0.2:443", "172.17.0.2:80", "172.17.0.2:443"]);
    const circle = { ...sidecar, HostConfig: { NetworkMode: "container:c2" } };
    expect(addresses([circle])).toEqual([]);
  });

  it("survives nonsense", () => {
    expect(
      dockerTargets([null, 1, { Names: [3] }, { Names: ["/x"], Ports: "no", NetworkSettings: [] }], ["x"], options),
    ).toEqual([]);
  });
});
