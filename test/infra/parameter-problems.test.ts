import { describe, expect, it } from "vitest";
import { findParameterProblems } from "../../infra/parameter-problems.ts";

describe("findParameterProblems()", () => {
  const balancer = { VpcId: "vpc-1", SubnetIds: "subnet-1,subnet-2" };
  const listener = { ListenerArn: "arn:listener" };

  it.each([
    ["a new load balancer", balancer],
    ["a listener that exists", listener],
    ["the daemon alone", { DaemonImage: "sluice:1" }],
    ["a name in a zone", { ...balancer, DnsName: "otlp.internal", HostedZoneId: "Z1" }],
    ["enough concurrency", { ...listener, FlushReservedConcurrency: "10", FlushMaximumConcurrency: 10 }],
  ])("finds none with %s", (_, values) => {
    expect(findParameterProblems(values)).toEqual([]);
  });

  it.each([
    ["nothing that receives", {}, "Nothing could receive"],
    ["one subnet", { ...balancer, SubnetIds: "subnet-1" }, "names 1 of the two subnets"],
    ["no subnet", { VpcId: "vpc-1" }, "names 0 of the two subnets"],
    ["both a VPC and a listener", { ...balancer, ...listener }, "vpcId and listenerArn exclude each other"],
    ["a certificate for somebody else's listener", { ...listener, CertificateArn: "arn:c" }, "put the certificate on"],
    ["a name without a zone", { ...balancer, DnsName: "otlp.internal" }, "dnsName and hostedZoneId"],
    [
      "less concurrency than the queue will use",
      { ...listener, FlushReservedConcurrency: "5", FlushMaximumConcurrency: "10" },
      "flushReservedConcurrency (5) is below flushMaximumConcurrency (10)",
    ],
    ["a cluster without an image", { ...listener, DaemonCluster: "mine" }, "give --param daemonImage"],
  ])("finds %s", (_, values, words) => {
    expect(findParameterProblems(values)).toEqual([expect.stringContaining(words)]);
  });

  it("finds all at once", () => {
    expect(findParameterProblems({ DnsName: "x", DaemonCluster: "y" })).toHaveLength(3);
  });
});
