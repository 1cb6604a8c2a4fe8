import { labelText } from "../families.ts";
import type { Collector } from "./collector.ts";
import { needText, tryText, words } from "./read.ts";

/** node_bonding_slaves and node_bonding_active, by master. */
export const bonding: Collector = {
  name: "bonding",
  enabled: true,
  create: () => (host, out) => {
    const masters = host.sys.read("class/net/bonding_masters");
    if (masters === undefined) return "no data";
    for (const master of words(masters)) {
      const path = `class/net/${master}`;
      const slaves = words(needText(host.sys, `${path}/bonding/slaves`));
      const up = slaves.filter((slave) => {
        const status = tryText(host.sys, `${path}/lower_${slave}/bonding_slave/mii_status`);
        return (status ?? tryText(host.sys, `${path}/slave_${slave}/bonding_slave/mii_status`)) === "up";
      });
      out.gauge("node_bonding_slaves", "Devices of the bond.").add(slaves.length, labelText({ master }));
      out.gauge("node_bonding_active", "Devices of the bond that are up.").add(up.length, labelText({ master }));
    }
    return "collected";
  },
};
