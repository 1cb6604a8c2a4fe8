/** Statistics that most drivers have and that have names of their own. */
const known: Readonly<Record<string, string>> = {
  rx_bytes: "received_bytes_total",
  rx_dropped: "received_dropped_total",
  rx_errors: "received_errors_total",
  rx_packets: "received_packets_total",
  tx_bytes: "transmitted_bytes_total",
  tx_errors: "transmitted_errors_total",
  tx_packets: "transmitted_packets_total",
};

/** The metric of a driver's statistic: `rx_kicks` becomes node_ethtool_received_kicks. */
export function statisticName(name: string): string {
  const renamed = name
    .toLowerCase()
    .replace(/^_+/, "")
    .replace(/(^|_)rx(_|$)/g, "$1received$2")
    .replace(/(^|_)tx(_|$)/g, "$1transmitted$2");
  return `node_ethtool_${known[name] ?? renamed}`;
}
