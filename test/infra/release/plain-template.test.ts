import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloudFormation } from "../../../infra/release/cloudformation/step.ts";
import { makeRelease } from "../../../infra/release/make-release.ts";
import { type OwnPackage, slsPackage } from "../../support/infra/sls.ts";
import { resolveTemplate, type Template, withParameters } from "../../support/infra/template.ts";

const senders = { VpcId: "vpc-0123456789abcdef0", SubnetIds: "subnet-0123456789abcdef0,subnet-0123456789abcdef1" };
let plain: Template;
let packaged: OwnPackage;

beforeAll(async () => {
  const [file] = await makeRelease([cloudFormation], { epoch: 1 });
  plain = JSON.parse(String(file?.bytes));
  const { VpcId: vpcId, SubnetIds: subnetIds } = senders;
  packaged = await slsPackage({ stage: "qa", params: { vpcId, subnetIds, allowedCidrs: "10.0.0.0/8,10.9.0.0/16" } });
}, 180_000);
afterAll(() => packaged?.remove());

const attributes = { ServerlessDeploymentBucket: "code" };

describe("the plain template", () => {
  it("makes the stack that sls makes, but for the bucket of sls", () => {
    const given = { ...senders, Stage: "qa", CodeBucket: "code", AllowedCidrs: "10.0.0.0/8,10.9.0.0/16" };
    const ours = resolveTemplate(withParameters(plain, given), attributes).Resources;
    const theirs = resolveTemplate(packaged.template, attributes).Resources;
    const { ServerlessDeploymentBucket: _, ServerlessDeploymentBucketPolicy: __, ...expected } = theirs;
    expect(Object.keys(ours)).toEqual(Object.keys(expected));
    for (const [id, { Properties }] of Object.entries(ours)) {
      const { Code, MemorySize, ...others } = Properties;
      const { Code: ofSls, MemorySize: memory, ...same } = expected[id]?.Properties ?? {};
      expect(others, id).toEqual(same);
      expect(String(MemorySize), id).toBe(String(memory));
      if (Code) expect(Code.S3Key).toMatch(/^sluice\/[0-9.]+\/(ingest|flush|replay|firehose)\.zip$/);
    }
  });

  it("has the same outputs and the same parameters, and more", () => {
    const { ServerlessDeploymentBucketName: _, ...outputs } = packaged.template.Outputs;
    expect(Object.keys(plain.Outputs)).toEqual(Object.keys(outputs));
    expect(Object.keys(plain.Parameters)).toEqual(expect.arrayContaining(Object.keys(packaged.template.Parameters)));
    expect(JSON.stringify(plain)).not.toMatch(/[Ss]erverless|stage-of-stack|placeholder/);
  });

  it("opens both ports where there is a certificate, to each kind of sender", () => {
    const given = {
      ...senders,
      CertificateArn: "arn:aws:acm:us-east-1:123456789012:certificate/1",
      AllowedCidrs: "10.0.0.0/8",
      AllowedIpv6Cidrs: "fd00::/8",
      AllowedSecurityGroups: "sg-0123456789abcdef0,sg-0123456789abcdef1",
    };
    const group = resolveTemplate(withParameters(plain, given)).Resources.LoadBalancerSecurityGroup;
    const rules: readonly Record<string, unknown>[] = group?.Properties.SecurityGroupIngress;
    expect(rules.map(({ FromPort }) => FromPort)).toEqual([4318, 4318, 4318, 4318, 443, 443, 443, 443]);
    expect(rules.slice(0, 4)).toMatchObject([
      { CidrIp: "10.0.0.0/8" },
      { CidrIpv6: "fd00::/8" },
      { SourceSecurityGroupId: "sg-0123456789abcdef0" },
      { SourceSecurityGroupId: "sg-0123456789abcdef1" },
    ]);
  });
});
