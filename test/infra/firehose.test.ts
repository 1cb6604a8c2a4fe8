import { beforeAll, describe, expect, it } from "vitest";
import { type Packaged, packagedProd } from "../support/infra/sls.ts";
import { resolveTemplate, resourcesOf, type Template, withParameters } from "../support/infra/template.ts";

let packaged: Packaged;
let full: Template;

beforeAll(async () => {
  packaged = await packagedProd();
  full = resolveTemplate(packaged.template);
});

const propertiesOf = (template: Template, id: string) => template.Resources[id]?.Properties ?? {};
const ours = /firehose|metric-?stream/i;

describe("what AWS delivers through Firehose", () => {
  it("is left out whole where nobody asks for it", () => {
    const without = resolveTemplate(
      withParameters(packaged.template, { MetricStream: "false", Firehose: "false", FirehoseReservedConcurrency: "" }),
    );
    expect(Object.keys({ ...without.Resources, ...without.Outputs }).filter((id) => ours.test(id))).toEqual([]);
    expect(JSON.stringify(without.Resources)).not.toMatch(ours);
  });

  it("is the endpoint alone where only that is asked for", () => {
    const endpoint = resolveTemplate(withParameters(packaged.template, { MetricStream: "false", Firehose: "true" }));
    expect(
      Object.keys(endpoint.Resources)
        .filter((id) => ours.test(id))
        .toSorted(),
    ).toEqual([
      "FirehoseErrorsAlarm",
      "FirehoseInvokePermission",
      "FirehoseLambdaFunction",
      "FirehoseLogGroup",
      "FirehoseRole",
      "FirehoseUrl",
      "FirehoseUrlPermission",
    ]);
    expect(Object.keys(endpoint.Outputs).filter((id) => ours.test(id))).toEqual(["FirehoseUrl", "FirehoseFunction"]);
  });

  it("comes in through a URL of its own, never through the load balancer", () => {
    expect(propertiesOf(full, "FirehoseUrl")).toMatchObject({ AuthType: "NONE" });
    for (const { Conditions } of Object.values(resourcesOf(full, "AWS::ElasticLoadBalancingV2::ListenerRule")))
      expect(JSON.stringify(Conditions)).not.toMatch(ours);
    expect(propertiesOf(full, "FirehoseUrlPermission")).toMatchObject({ FunctionUrlAuthType: "NONE" });
    expect(propertiesOf(full, "FirehoseInvokePermission")).toMatchObject({ InvokedViaFunctionUrl: true });
  });

  it("asks for OpenTelemetry 1.0 of the namespaces that were named, and of all where none was", () => {
    const stream = propertiesOf(full, "CloudWatchMetricStream");
    expect(stream).toMatchObject({
      OutputFormat: "opentelemetry1.0",
      IncludeFilters: [{ Namespace: "AWS/EC2" }, { Namespace: "AWS/SQS" }],
    });
    const all = resolveTemplate(withParameters(packaged.template, { MetricStreamNamespaces: "" }));
    expect(propertiesOf(all, "CloudWatchMetricStream")).not.toHaveProperty("IncludeFilters");
  });

  it("delivers in requests that a function takes, tries for as long as Firehose can, and keeps what is refused", () => {
    const { HttpEndpointDestinationConfiguration: to } = propertiesOf(full, "MetricStreamDelivery");
    expect(to).toMatchObject({
      BufferingHints: { SizeInMBs: 1 },
      RetryOptions: { DurationInSeconds: 7200 },
      RequestConfiguration: { ContentEncoding: "GZIP" },
      S3BackupMode: "FailedDataOnly",
      S3Configuration: { BucketARN: "MetricStreamBucket.Arn" },
    });
  });

  it("has its access key in no template: Firehose reads a secret that AWS makes", () => {
    const { HttpEndpointDestinationConfiguration: to } = propertiesOf(full, "MetricStreamDelivery");
    expect(to.EndpointConfiguration).not.toHaveProperty("AccessKey");
    expect(to.SecretsManagerConfiguration).toMatchObject({ Enabled: true, SecretARN: "MetricStreamAccessKey" });
    const secret = propertiesOf(full, "MetricStreamAccessKey");
    expect(secret).not.toHaveProperty("SecretString");
    expect(secret.GenerateSecretString).toMatchObject({ GenerateStringKey: "api_key", ExcludePunctuation: true });
  });

  it("keeps what could not be delivered encrypted, private and for a while", () => {
    const bucket = propertiesOf(full, "MetricStreamBucket");
    expect(Object.values(bucket.PublicAccessBlockConfiguration)).toEqual([true, true, true, true]);
    expect(JSON.stringify(bucket.BucketEncryption)).toContain("AES256");
    expect(bucket.LifecycleConfiguration.Rules).toMatchObject([{ Status: "Enabled", ExpirationInDays: 14 }]);
    const [statement] = propertiesOf(full, "MetricStreamBucketPolicy").PolicyDocument.Statement;
    expect(statement).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
  });
});
