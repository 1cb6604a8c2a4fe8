import { isIPv4, isIPv6 } from "node:net";
import { nearest } from "../shared/nearest.ts";

/** Values of the parameters of `infra/parameters.yml` by name, empty where they are not used. */
export type ParameterValues = Readonly<Record<string, string | number | undefined>>;

/** A row of `infra/parameters.yml`, as far as a value can be held against it. */
export interface ParameterRule {
  readonly AllowedPattern?: string;
  readonly ConstraintDescription?: string;
  readonly AllowedValues?: readonly (string | number)[];
  readonly MinValue?: number;
  readonly MaxValue?: number;
}

export interface Deployment {
  readonly values: ParameterValues;
  readonly rules?: Readonly<Record<string, ParameterRule>>;
  /** Names of `--param`, as given, and all that there are. */
  readonly given?: readonly string[];
  readonly known?: readonly string[];
  /** Comma-separated, as given. */
  readonly allowedCidrs?: string;
  readonly allowedSecurityGroups?: string;
}

/** What cannot work about a deployment's parameters, in sentences: all at once, each with its fix, before AWS is asked. */
export function findParameterProblems(deployment: Deployment): readonly string[] {
  const { values, rules = {} } = deployment;
  return [
    ...unknownNames(deployment),
    ...Object.entries(rules).flatMap(([name, rule]) => brokenRule(name, String(values[name] ?? ""), rule)),
    ...badSenders(deployment),
    ...badLogGroups(deployment),
    ...badCombinations(deployment),
  ];
}

function unknownNames({ given = [], known }: Deployment): string[] {
  if (!known) return [];
  return given
    .filter((name) => !known.includes(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `There is no parameter ${name}${meant ? `: did you mean ${meant}?` : `; there are ${known.join(", ")}.`}`;
    });
}

function brokenRule(name: string, value: string, rule: ParameterRule): string[] {
  const { AllowedPattern: pattern, AllowedValues: allowed, MinValue: min, MaxValue: max } = rule;
  const shown = `${commandName(name)} is ${JSON.stringify(value)}`;
  if (pattern !== undefined && !new RegExp(pattern).test(value)) {
    return [`${shown}: it must be ${rule.ConstraintDescription ?? `of the form ${pattern}`}.`];
  }
  if (allowed && !allowed.map(String).includes(value)) return [`${shown}: it must be one of ${allowed.join(", ")}.`];
  if (min === undefined && max === undefined) return [];
  const number = Number(value);
  if (value.trim() !== "" && number >= (min ?? number) && number <= (max ?? number)) return [];
  return [`${shown}: it must be a number of at least ${min ?? 0}${max === undefined ? "" : ` and at most ${max}`}.`];
}

function badSenders({ allowedCidrs = "", allowedSecurityGroups = "" }: Deployment): string[] {
  const cidrs = split(allowedCidrs)
    .filter((cidr) => !isCidr(cidr))
    .map(
      (cidr) => `allowedCidrs names ${JSON.stringify(cidr)}: it must be an address with a mask, such as 10.0.0.0/16.`,
    );
  const groups = split(allowedSecurityGroups)
    .filter((group) => !/^sg-[0-9a-f]{8,17}$/.test(group))
    .map(
      (group) =>
        `allowedSecurityGroups names ${JSON.stringify(group)}: it must be a group's ID, such as sg-0123456789abcdef0.`,
    );
  const twice = [
    ...repeated("allowedCidrs", allowedCidrs),
    ...repeated("allowedSecurityGroups", allowedSecurityGroups),
  ];
  return [...cidrs, ...groups, ...twice];
}

/** AWS refuses the same permission twice, half-way through a deployment. */
function repeated(name: string, value: string, same = (entry: string) => entry.toLowerCase()): string[] {
  const entries = split(value).map(same);
  const twice = entries.filter((entry, at) => entries.indexOf(entry) < at);
  return [...new Set(twice)].map((entry) => `${name} names ${entry} more than once: once is enough.`);
}

/** CloudWatch Logs refuses a second filter of one name, half-way through a deployment. */
function badLogGroups({ values }: Deployment): string[] {
  return repeated("logGroups", String(values.LogGroups ?? ""), (name) => name);
}

function badCombinations({ values, allowedCidrs = "", allowedSecurityGroups = "" }: Deployment): string[] {
  const value = (name: string) => String(values[name] ?? "");
  const used = (name: string) => value(name) !== "";
  const subnets = split(value("SubnetIds")).length;
  const senders = split(allowedCidrs).length + split(allowedSecurityGroups).length;
  const createsLoadBalancer = used("VpcId") && !used("ListenerArn");
  const hasFirehose = value("Firehose") === "true" || value("MetricStream") === "true";
  const reserved = value("FlushReservedConcurrency");
  const maximum = value("FlushMaximumConcurrency");
  const rules: readonly (readonly [broken: boolean, problem: string])[] = [
    [
      !["VpcId", "ListenerArn", "DaemonImage", "PublicApi", "LogGroups"].some(used) && !hasFirehose,
      "Nothing could receive: give --param vpcId=vpc-… for a new load balancer, --param listenerArn=… of one that exists, --param daemonImage=…, --param publicApi=tokens, --param logGroups=…, or --param firehose=true.",
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
      createsLoadBalancer && senders === 0,
      "Nobody could reach the load balancer: say who may send, with --param allowedCidrs=10.0.0.0/16 or --param allowedSecurityGroups=sg-….",
    ],
    [
      used("ListenerArn") && !used("ListenerHosts"),
      "listenerArn without listenerHosts would take /v1/traces, /v1/metrics and /v1/logs away from every host of that listener: give --param listenerHosts=otlp.internal.example.com, or * if that is what you want.",
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
      !used("LogBuckets") && (used("LogBucketsKmsKeyArn") || used("ObjectsReservedConcurrency")),
      "logBucketsKmsKeyArn and objectsReservedConcurrency do nothing without a bucket: give --param logBuckets=….",
    ],
    [
      used("ObjectsReservedConcurrency") &&
        Number(value("ObjectsReservedConcurrency")) < Number(value("ObjectsMaximumConcurrency")),
      `objectsReservedConcurrency (${value("ObjectsReservedConcurrency")}) is below objectsMaximumConcurrency (${value("ObjectsMaximumConcurrency")}): the queue would start readers only to see them throttled. Raise the first or lower the second.`,
    ],
    [
      used("MetricStreamNamespaces") && value("MetricStream") !== "true",
      "metricStreamNamespaces does nothing without a metric stream: give --param metricStream=true.",
    ],
    [
      used("FirehoseReservedConcurrency") && !hasFirehose,
      "firehoseReservedConcurrency does nothing without the endpoint: give --param firehose=true or --param metricStream=true.",
    ],
    [
      !used("DaemonImage") && (used("DaemonRepositoryArn") || used("DaemonCluster")),
      "daemonRepositoryArn and daemonCluster do nothing without an image: give --param daemonImage=….",
    ],
  ];
  return rules.filter(([broken]) => broken).map(([, problem]) => problem);
}

function split(list: string): string[] {
  return list
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}

function isCidr(text: string): boolean {
  const [address = "", mask = "", ...more] = text.split("/");
  if (more.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(mask)) return false;
  return (isIPv4(address) && Number(mask) <= 32) || (isIPv6(address) && Number(mask) <= 128);
}

/** `VpcId` is given as `--param vpcId=…`, and the stage as `--stage`. */
function commandName(name: string): string {
  return name === "Stage" ? "The stage" : `${name[0]?.toLowerCase()}${name.slice(1)}`;
}
