/** Values of the parameters of `infra/parameters.yml` by name, empty where they are not used. */
export type ParameterValues = Readonly<Record<string, string | number | undefined>>;

/** What cannot work about a deployment's parameters, in sentences: all at once, each with its fix. */
export function findParameterProblems(values: ParameterValues): readonly string[] {
  const value = (name: string) => String(values[name] ?? "");
  const used = (name: string) => value(name) !== "";
  const subnets = value("SubnetIds").split(",").filter(Boolean).length;
  const createsLoadBalancer = used("VpcId") && !used("ListenerArn");
  const reserved = value("FlushReservedConcurrency");
  const maximum = value("FlushMaximumConcurrency");
  const rules: readonly (readonly [broken: boolean, problem: string])[] = [
    [
      !used("VpcId") && !used("ListenerArn") && !used("DaemonImage"),
      "Nothing could receive: give --param vpcId=vpc-… for a new load balancer, --param listenerArn=… of one that exists, or --param daemonImage=….",
    ],
    [
      used("VpcId") && used("ListenerArn"),
      "vpcId and listenerArn exclude each other: a new load balancer, or a listener that exists.",
    ],
    [
      createsLoadBalancer && subnets < 2,
      `subnetIds names ${subnets} of the two subnets, in different zones, that a load balancer needs at least: --param subnetIds=subnet-…,subnet-….`,
    ],
    [
      !createsLoadBalancer && used("CertificateArn"),
      "certificateArn is for the load balancer that this stack creates: put the certificate on your own listener.",
    ],
    [used("DnsName") !== used("HostedZoneId"), "dnsName and hostedZoneId belong together: give both, or neither."],
    [
      reserved !== "" && Number(reserved) < Number(maximum),
      `flushReservedConcurrency (${reserved}) is below flushMaximumConcurrency (${maximum}): the queue would start flushes only to see them throttled. Raise the first or lower the second.`,
    ],
    [
      !used("DaemonImage") && (used("DaemonRepositoryArn") || used("DaemonCluster")),
      "daemonRepositoryArn and daemonCluster do nothing without an image: give --param daemonImage=….",
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, problem]) => problem);
}
