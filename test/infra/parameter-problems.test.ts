import { describe, expect, it } from "vitest";
import { type Deployment, findParameterProblems } from "../../infra/parameter-problems.ts";

describe("findParameterProblems()", () => {
  const allowedCidrs = "10.0.0.0/16";
  const balancer = { VpcId: "vpc-1", SubnetIds: "subnet-1,subnet-2" };
  const listener = { ListenerArn: "arn:listener", ListenerHosts: "otlp.example.com" };
  const problems = (values: Deployment["values"], more: Partial<Deployment> = {}) =>
    findParameterProblems({ values, allowedCidrs, ...more });

  it.each([
    ["a new load balancer", balancer],
    ["a listener that exists", listener],
    ["the daemon alone", { DaemonImage: "sluice:1" }],
    ["the public API alone", { PublicApi: "tokens" }],
    ["log groups alone", { LogGroups: "/aws/lambda/a,/ecs/b" }],
    ["a name in a zone", { ...balancer, DnsName: "otlp.internal", HostedZoneId: "Z1" }],
    ["enough concurrency", { ...listener, FlushReservedConcurrency: "10", FlushMaximumConcurrency: 10 }],
  ])("finds none with %s", (_, values) => {
    expect(problems(values)).toEqual([]);
  });

  it.each([
    ["nothing that receives", {}, "Nothing could receive"],
    ["one subnet", { ...balancer, SubnetIds: "subnet-1" }, "names 1 of the two subnets"],
    ["no subnet", { VpcId: "vpc-1" }, "names 0 of the two subnets"],
    ["both a VPC and a listener", { ...balancer, ...listener }, "vpcId and listenerArn exclude each other"],
    ["a listener's every host", { ListenerArn: "arn:listener" }, "give --param listenerHosts"],
    ["a certificate for somebody else's listener", { ...listener, CertificateArn: "arn:c" }, "put the certificate on"],
    ["a name without a zone", { ...balancer, DnsName: "otlp.internal" }, "dnsName and hostedZoneId"],
    [
      "less concurrency than the queue will use",
      { ...listener, FlushReservedConcurrency: "5", FlushMaximumConcurrency: "10" },
      "flushReservedConcurrency (5) is below flushMaximumConcurrency (10)",
    ],
    ["a log group that is named twice", { ...listener, LogGroups: "/A,/a,/a" }, "logGroups names /a more than once"],
    [
      "namespaces without a metric stream",
      { ...listener, MetricStreamNamespaces: "AWS/EC2" },
      "give --param metricStream",
    ],
    [
      "concurrency without an endpoint",
      { ...listener, FirehoseReservedConcurrency: "5" },
      "give --param firehose=true",
    ],
    ["a cluster without an image", { ...listener, DaemonCluster: "mine" }, "give --param daemonImage"],
  ])("finds %s", (_, values, words) => {
    expect(problems(values)).toEqual([expect.stringContaining(words)]);
  });

  it("refuses a load balancer that nobody could reach", () => {
    expect(problems(balancer, { allowedCidrs: "" })).toEqual([expect.stringContaining("Nobody could reach")]);
    expect(problems(balancer, { allowedCidrs: "", allowedSecurityGroups: "sg-0123456789abcdef0" })).toEqual([]);
  });

  it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/8/8", "fd00::/129", "10.0.0.0/x", "10.0.0.0/08"])(
    "refuses the CIDR %s before AWS does",
    (cidr) => expect(problems(balancer, { allowedCidrs: cidr })).toEqual([expect.stringContaining("with a mask")]),
  );

  it("refuses a sender that is named twice, which AWS refuses half-way", () => {
    expect(problems(balancer, { allowedCidrs: "10.0.0.0/8,FD00::/8,fd00::/8" })).toEqual([
      "allowedCidrs names fd00::/8 more than once: once is enough.",
    ]);
  });

  it("says what a misspelt parameter was meant to be", () => {
    const known = ["allowedCidrs", "vpcId"];
    expect(problems(balancer, { given: ["vpcId", "allowedCidr"], known })).toEqual([
      "There is no parameter allowedCidr: did you mean allowedCidrs?",
    ]);
    expect(problems(balancer, { given: ["colour"], known })).toEqual([
      "There is no parameter colour; there are allowedCidrs, vpcId.",
    ]);
  });

  it.each([
    [{ Stage: "Prod" }, { Stage: { AllowedPattern: "^[a-z]+$", ConstraintDescription: "lower case" } }, "The stage is"],
    [{ BatchSize: 0 }, { BatchSize: { MinValue: 1, MaxValue: 10 } }, "at least 1 and at most 10"],
    [{ BatchSize: "many" }, { BatchSize: { MinValue: 1 } }, "batchSize is"],
    [{ LogRetentionDays: "31" }, { LogRetentionDays: { AllowedValues: ["30", "60"] } }, "one of 30, 60"],
  ])("holds %j against its rule", (values, rules, words) => {
    expect(problems({ ...balancer, ...values }, { rules })).toEqual([expect.stringContaining(words)]);
  });

  it("finds all at once", () => {
    expect(problems({ DnsName: "x", DaemonCluster: "y" })).toHaveLength(3);
  });
});
