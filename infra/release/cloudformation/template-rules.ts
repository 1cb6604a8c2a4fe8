import type { Json } from "./json.ts";

const is = (name: string, value: string): Json => ({ "Fn::Equals": [{ Ref: name }, value] });
const unused = (name: string): Json => is(name, "");
const used = (name: string): Json => ({ "Fn::Not": [unused(name)] });
const all = (...items: readonly Json[]): Json => ({ "Fn::And": items });
const any = (...items: readonly Json[]): Json => ({ "Fn::Or": items });
const not = (item: Json): Json => ({ "Fn::Not": [item] });

const createsLoadBalancer = all(used("VpcId"), unused("ListenerArn"));

/**
 * What `infra/parameter-problems.ts` refuses before a deployment by `sls`, as far as CloudFormation can compare: strings, not
 * numbers.
 */
export const templateRules: Readonly<Record<string, Json>> = {
  SomethingReceives: rule(
    any(
      ...["VpcId", "ListenerArn", "DaemonImage", "PublicApi", "LogGroups"].map(used),
      is("Firehose", "true"),
      is("MetricStream", "true"),
    ),
    "Nothing could receive: give VpcId for a new load balancer, ListenerArn of one that exists, DaemonImage, PublicApi, LogGroups, Firehose or MetricStream.",
  ),
  OneWayIn: rule(not(all(used("VpcId"), used("ListenerArn"))), "VpcId and ListenerArn exclude each other."),
  SubnetsOfLoadBalancer: rule(
    used("SubnetIds"),
    "A load balancer needs SubnetIds, two of them in different zones.",
    createsLoadBalancer,
  ),
  SendersOfLoadBalancer: rule(
    any(used("AllowedCidrs"), used("AllowedIpv6Cidrs"), used("AllowedSecurityGroups")),
    "Nobody could reach the load balancer: say who may send, with AllowedCidrs or AllowedSecurityGroups.",
    createsLoadBalancer,
  ),
  HostsOfListener: rule(
    used("ListenerHosts"),
    "ListenerArn without ListenerHosts would take the paths of OTLP away from every host of that listener: give ListenerHosts, or * if that is what you want.",
    used("ListenerArn"),
  ),
  CertificateOfLoadBalancer: rule(
    createsLoadBalancer,
    "CertificateArn is for the load balancer that this stack creates: put the certificate on your own listener.",
    used("CertificateArn"),
  ),
  NameNeedsZone: rule(used("HostedZoneId"), "DnsName and HostedZoneId belong together.", used("DnsName")),
  ZoneNeedsName: rule(used("DnsName"), "DnsName and HostedZoneId belong together.", used("HostedZoneId")),
  NamespacesOfMetricStream: rule(
    is("MetricStream", "true"),
    "MetricStreamNamespaces does nothing without MetricStream.",
    used("MetricStreamNamespaces"),
  ),
  DaemonNeedsImage: rule(
    used("DaemonImage"),
    "DaemonRepositoryArn and DaemonCluster do nothing without DaemonImage.",
    any(used("DaemonRepositoryArn"), used("DaemonCluster")),
  ),
};

function rule(assertion: Json, description: string, condition?: Json): Json {
  const assertions = { Assertions: [{ Assert: assertion, AssertDescription: description }] };
  return condition === undefined ? assertions : { RuleCondition: condition, ...assertions };
}
