import { describe, expect, it } from "vitest";
import type { RunAnswer } from "../../../shared/prometheus/unix/host.ts";
import { collect, fakeHost } from "../../support/prometheus/fake-host.ts";

const settings = `Settings for eth0:
	Supported ports: [ TP MII ]
	Supported link modes:   10baseT/Half 10baseT/Full
	                        1000baseT/Full
	Supported pause frame use: Symmetric Receive-only
	Supports auto-negotiation: Yes
	Advertised link modes:  1000baseT/Full
	Advertised pause frame use: No
	Advertised auto-negotiation: Yes
	Auto-negotiation: on
	Link detected: yes
`;
const driver =
  "driver: e1000e\nversion: 5.11\nfirmware-version: 0.5-4\nexpansion-rom-version: \nbus-info: 0000:00:1f.6\n";
const statistics =
  "NIC statistics:\n     rx_bytes: 10\n     tx_kicks: 3\n     port.rx-a: 1\n     port.rx_a: 2\n     hidden: 4\n";

describe("ethtool", () => {
  const files = {
    "sys/class/net/eth0/mtu": "1500\n",
    "sys/class/net/lo/mtu": "1\n",
    "sys/class/net/bonding_masters": "",
  };
  const run = async (_: string, args: readonly string[]): Promise<RunAnswer> => {
    if (args.at(-1) !== "eth0") return { kind: "failed" };
    return { kind: "printed", text: args[0] === "-i" ? driver : args[0] === "-S" ? statistics : settings };
  };

  it("gives the driver, its statistics and what the port can do", async () => {
    const ethtool = { exclude: "", include: "", metricsInclude: "^(rx_|tx_|port)" };
    expect(await collect("ethtool", fakeHost(files, { run }), { ethtool })).toEqual([
      'node_network_supported_port_info{device="eth0",type="TP"} 1',
      'node_network_supported_port_info{device="eth0",type="MII"} 1',
      'node_network_autonegotiate_supported{device="eth0"} 1',
      'node_network_pause_supported{device="eth0"} 1',
      'node_network_asymmetricpause_supported{device="eth0"} 1',
      'node_network_supported_speed_bytes{device="eth0",duplex="half",mode="10baseT"} 1250000',
      'node_network_supported_speed_bytes{device="eth0",duplex="full",mode="10baseT"} 1250000',
      'node_network_supported_speed_bytes{device="eth0",duplex="full",mode="1000baseT"} 125000000',
      'node_network_autonegotiate_advertised{device="eth0"} 1',
      'node_network_pause_advertised{device="eth0"} 0',
      'node_network_asymmetricpause_advertised{device="eth0"} 0',
      'node_network_advertised_speed_bytes{device="eth0",duplex="full",mode="1000baseT"} 125000000',
      'node_network_autonegotiate{device="eth0"} 1',
      'node_ethtool_info{bus_info="0000:00:1f.6",device="eth0",driver="e1000e",expansion_rom_version="",firmware_version="0.5-4",version="5.11"} 1',
      'node_ethtool_received_bytes_total{device="eth0"} 10',
      'node_ethtool_transmitted_kicks{device="eth0"} 3',
    ]);
  });

  it("asks no device that is left out", async () => {
    const ethtool = { exclude: "eth", include: "", metricsInclude: ".*" };
    expect(await collect("ethtool", fakeHost(files, { run }), { ethtool })).toEqual([]);
  });

  it("cannot work without the program", async () => {
    await expect(collect("ethtool", fakeHost(files))).rejects.toThrow("the program ethtool is not installed");
  });
});
