/**
 * What cannot work about a deployment's parameters: one sentence a problem, all at once, each with its fix.
 * @param {(name: string) => string} value gives a parameter of infra/parameters.yml, empty when it is not used
 * @returns {string[]}
 */
export function findParameterProblems(value) {
  const used = (name) => value(name) !== "";
  const subnets = value("SubnetIds").split(",").filter(Boolean).length;
  const createsLoadBalancer = used("VpcId") && !used("ListenerArn");
  const rules = [
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
      `subnetIds names ${subnets} of the two subnets, in different zones, that a load balancer needs at least: --param subnetIds=subnet-…,subnet-…`,
    ],
    [
      !createsLoadBalancer && used("CertificateArn"),
      "certificateArn is for the load balancer that this stack creates: put the certificate on your own listener.",
    ],
    [used("DnsName") !== used("HostedZoneId"), "dnsName and hostedZoneId belong together: give both, or neither."],
    [
      used("FlushReservedConcurrency") &&
        Number(value("FlushReservedConcurrency")) < Number(value("FlushMaximumConcurrency")),
      `flushReservedConcurrency (${value("FlushReservedConcurrency")}) is below flushMaximumConcurrency (${value("FlushMaximumConcurrency")}): the queue would start flushes only to have them throttled. Raise the first or lower the second.`,
    ],
    [
      !used("DaemonImage") && (used("DaemonRepositoryArn") || used("DaemonCluster")),
      "daemonRepositoryArn and daemonCluster do nothing without an image: give --param daemonImage=…",
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, problem]) => problem);
}
