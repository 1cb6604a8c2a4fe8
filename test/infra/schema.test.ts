import { beforeAll, describe, expect, it } from "vitest";
import { checkSchema } from "../support/infra/cloudformation-schema.ts";
import { type Packaged, packagedProd } from "../support/infra/sls.ts";
import { resolveTemplate, type Template, withParameters } from "../support/infra/template.ts";

describe("checkSchema()", () => {
  const bucket = (Properties: object) =>
    ({ Resources: { Bucket: { Type: "AWS::S3::Bucket", Properties } } }) as never as Template;

  it.each([
    ["a property that is not there", { Nmae: "x" }, ["Bucket.Nmae is not in the specification"]],
    ["a value of the wrong kind", { BucketName: 1 }, ["Bucket.BucketName is 1, not a string"]],
    ["a list that is none", { Tags: "x" }, ['Bucket.Tags is "x", not a list']],
    ["a nested property that is missing", { Tags: [{ Key: "x" }] }, ["Bucket.Tags[0].Value is missing"]],
    ["nothing wrong", { BucketName: "x", Tags: [{ Key: "x", Value: "y" }] }, []],
  ])("finds %s", async (_, properties, problems) => {
    expect(await checkSchema(bucket(properties))).toEqual(problems);
  });

  it("finds a type that is not there", async () => {
    const template = { Resources: { It: { Type: "AWS::S3::Bukket", Properties: {} } } } as never;
    expect(await checkSchema(template)).toEqual(["It: there is no AWS::S3::Bukket"]);
  });
});

describe("every resource", () => {
  let packaged: Packaged;
  beforeAll(async () => {
    packaged = await packagedProd();
  });

  it.each([
    ["with everything switched on", {}],
    ["without a load balancer", { VpcId: "", SubnetIds: "", CertificateArn: "", DnsName: "" }],
    ["with a listener that exists", { VpcId: "", ListenerArn: "arn:aws:elasticloadbalancing:r:1:listener/app/a/b/c" }],
    ["without a daemon", { DaemonImage: "", KmsKeyArn: "", AlarmTopicArn: "", AccessLogsBucket: "" }],
  ])("keeps to CloudFormation's specification %s", async (_, values) => {
    expect(await checkSchema(resolveTemplate(withParameters(packaged.template, values)))).toEqual([]);
  });
});
