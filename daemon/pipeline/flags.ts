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

const noCluster = "Sluice does not form clusters: give each process its own targets";
const alone = (name: string, fallback = ""): Flag => ({
  name,
  type: "string",
  default: fallback,
  help: "Without effect: there are no clusters",
  ignored: true,
});

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
  { name: "cluster.enabled", type: "boolean", default: "false", help: "Refused when true", unsupported: noCluster },
  ...["node-name", "advertise-address", "join-addresses", "discover-peers", "name"].map((name) =>
    alone(`cluster.${name}`),
  ),
  alone("cluster.rejoin-interval", "60s"),
  alone("cluster.max-join-peers", "5"),
  ...["advertise-interfaces", "wait-for-size", "wait-timeout"].map((name) => alone(`cluster.${name}`)),
  ignoredSwitch("cluster.enable-tls"),
  ...["ca-path", "cert-path", "key-path", "server-name"].map((name) => alone(`cluster.tls-${name}`)),
];

function text(name: string, fallback: string, help: string): Flag {
  return { name, type: "string", default: fallback, help };
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
