/** One flag of `sluice run`, as Alloy has it. */
export interface Flag {
  readonly name: string;
  readonly type: "string" | "boolean";
  /** As on the command line. */
  readonly default: string;
  readonly help: string;
  /** Read, so that Alloy's command lines work, and without effect. */
  readonly ignored?: true;
  /** Why another value than the default is refused. */
  readonly unsupported?: string;
}

/** Every flag of `alloy run`, and the one that Sluice adds. */
export const flags: readonly Flag[] = [
  text("server.http.listen-addr", "127.0.0.1:12345", "Address of the admin port"),
  text("server.http.memory-addr", "alloy.internal:12345", "Address by which targets name this process itself"),
  text("storage.path", "data-alloy/", "Directory for queues and positions; empty: queues are in memory"),
  text("stability.level", "generally-available", "Least stable level that is allowed: experimental, public-preview, …"),
  text("config.ssm", "", "Name of the SSM parameter that holds the configuration, instead of PATH"),
  text("feature.component-shutdown-deadline", "10m", "How long a component may take to stop"),
  refused("config.format", "alloy", "convert the file with Grafana Alloy's own `alloy convert` first"),
  ignored("server.http.ui-path-prefix", "/"),
  ignoredSwitch("server.http.enable-pprof", "true"),
  ignoredSwitch("server.http.disable-support-bundle"),
  ignoredSwitch("server.http.enable-graphql"),
  ignoredSwitch("server.http.enable-graphql-playground"),
  ignoredSwitch("disable-reporting"),
  ignoredSwitch("feature.community-components.enabled"),
  ignoredSwitch("feature.prometheus.direct-fanout.enabled"),
  ignoredSwitch("config.bypass-conversion-errors"),
  ignored("config.extra-args"),
  ignored("windows.priority"),
  onOff("cluster.enabled", "Share targets with the other members of a cluster"),
  text("cluster.node-name", "", "Name of this member; default: the name of the host"),
  text(
    "cluster.join-addresses",
    "",
    "Members to begin with, host:port, with commas; a name stands for all of its addresses",
  ),
  text("cluster.advertise-address", "", "Address, or host:port, by which the others reach the admin port"),
  text("cluster.advertise-interfaces", "eth0,en0", "Where that address is looked for: names of interfaces, or all"),
  text("cluster.rejoin-interval", "60s", "How often the names of the members to begin with are resolved again"),
  text("cluster.name", "", "Name of the cluster: members of another one are not listened to"),
  text("cluster.wait-for-size", "0", "Members that there must be before this one works on targets"),
  text("cluster.wait-timeout", "0s", "Longest wait for them; 0s: for as long as it takes"),
  refused("cluster.discover-peers", "", "name a headless service or addresses in --cluster.join-addresses"),
  ignored("cluster.max-join-peers", "5"),
  {
    ...onOff("cluster.enable-tls", "Only false"),
    unsupported: "members greet each other in plain HTTP, without a secret in it",
  },
  ...["ca-path", "cert-path", "key-path", "server-name"].map((name) => ignored(`cluster.tls-${name}`)),
];

function text(name: string, fallback: string, help: string): Flag {
  return { name, type: "string", default: fallback, help };
}

function onOff(name: string, help: string): Flag {
  return { name, type: "boolean", default: "false", help };
}

function refused(name: string, fallback: string, unsupported: string): Flag {
  return { name, type: "string", default: fallback, help: `Only ${fallback}`, unsupported };
}

function ignored(name: string, fallback = ""): Flag {
  return { name, type: "string", default: fallback, help: "Without effect", ignored: true };
}

function ignoredSwitch(name: string, fallback = "false"): Flag {
  return { name, type: "boolean", default: fallback, help: "Without effect", ignored: true };
}
