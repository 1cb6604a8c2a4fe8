import { beforeAll, describe, expect, it } from "vitest";
import { everything, type Packaged, packagedProd } from "../support/infra/sls.ts";
import {
  type Properties,
  resolveTemplate,
  resourcesOf,
  type Template,
  withParameters,
} from "../support/infra/template.ts";

let packaged: Packaged;
let bare: Template;
let full: Template;

beforeAll(async () => {
  packaged = await packagedProd();
  full = resolveTemplate(packaged.template);
  bare = resolveTemplate(withParameters(packaged.template, unused));
});

/** Every optional parameter left alone. */
const unused = Object.fromEntries(
  Object.keys(everything)
    .filter((name) => name !== "vpcId" && name !== "subnetIds")
    .map((name) => [`${name[0]?.toUpperCase()}${name.slice(1)}`, ""]),
);

function only(template: Template, type: string): Properties {
  const [[, properties] = [], ...others] = Object.entries(resourcesOf(template, type));
  if (!properties || others.length > 0) throw new Error(`expected one ${type}, got ${others.length + 1}`);
  return properties;
}

function attributesOf(properties: Properties, list: string): Record<string, string> {
  return Object.fromEntries(properties[list].map(({ Key, Value }: { Key: string; Value: string }) => [Key, Value]));
}

describe("load balancer", () => {
  it("is internal, protected in prod, and drops what no exporter sends", () => {
    const balancer = only(full, "AWS::ElasticLoadBalancingV2::LoadBalancer");
    expect(balancer.Scheme).toBe("internal");
    expect(attributesOf(balancer, "LoadBalancerAttributes")).toMatchObject({
      "deletion_protection.enabled": "true",
      "routing.http.drop_invalid_header_fields.enabled": "true",
      "access_logs.s3.enabled": "true",
      "access_logs.s3.bucket": "access-logs",
    });
    const without = attributesOf(only(bare, "AWS::ElasticLoadBalancingV2::LoadBalancer"), "LoadBalancerAttributes");
    expect(without["access_logs.s3.enabled"]).toBe("false");
    expect(without).not.toHaveProperty("access_logs.s3.bucket");
  });

  it("is open to the sources that were named, on its two ports, and opens no connection itself", () => {
    const { SecurityGroupIngress, SecurityGroupEgress } = only(full, "AWS::EC2::SecurityGroup");
    const rules = SecurityGroupIngress.map(({ FromPort, ToPort, IpProtocol, Description, ...source }: Properties) => {
      expect([FromPort, IpProtocol, Description]).toEqual([ToPort, "tcp", "OTLP/HTTP"]);
      return [FromPort, ...Object.values(source)].join(" ");
    });
    expect(rules).toEqual([
      "4318 10.0.0.0/8",
      "4318 fd00::/8",
      "4318 sg-0123456789abcdef0",
      "443 10.0.0.0/8",
      "443 fd00::/8",
      "443 sg-0123456789abcdef0",
    ]);
    expect(SecurityGroupEgress).toMatchObject([{ CidrIp: "255.255.255.255/32" }]);
  });

  it("serves HTTP on 4318 and HTTPS on 443 only with a certificate", () => {
    const ports = (template: Template) =>
      Object.values(resourcesOf(template, "AWS::ElasticLoadBalancingV2::Listener")).map(
        ({ Port, Protocol }) => `${Protocol} ${Port}`,
      );
    expect(ports(full)).toEqual(["HTTP 4318", "HTTPS 443"]);
    expect(ports(bare)).toEqual(["HTTP 4318"]);
  });

  it("sends the three paths of OTLP/HTTP to ingest and answers everything else with a Status, 404", () => {
    for (const { DefaultActions } of Object.values(resourcesOf(full, "AWS::ElasticLoadBalancingV2::Listener"))) {
      const [{ FixedResponseConfig: fixed }] = DefaultActions;
      expect(fixed).toMatchObject({ StatusCode: "404", ContentType: "application/json" });
      expect(JSON.parse(fixed.MessageBody)).toEqual({ code: 5, message: expect.stringContaining("/v1/traces") });
    }
    const rules = Object.values(resourcesOf(full, "AWS::ElasticLoadBalancingV2::ListenerRule"));
    expect(rules).toHaveLength(2);
    for (const { Conditions, Actions } of rules) {
      expect(Conditions).toEqual([
        { Field: "path-pattern", PathPatternConfig: { Values: ["/v1/traces", "/v1/metrics", "/v1/logs"] } },
      ]);
      expect(Actions).toEqual([{ Type: "forward", TargetGroupArn: "IngestTargetGroup" }]);
    }
  });

  it("invokes ingest with all values of a header, without health checks, as this stage's target group alone", () => {
    const group = only(full, "AWS::ElasticLoadBalancingV2::TargetGroup");
    expect(group).toMatchObject({ TargetType: "lambda", HealthCheckEnabled: false });
    expect(attributesOf(group, "TargetGroupAttributes")).toEqual({ "lambda.multi_value_headers.enabled": "true" });
    const permission = full.Resources.IngestPermission?.Properties ?? {};
    expect(permission.SourceAccount).toBe("123456789012");
    expect(permission.SourceArn).toMatch(new RegExp(`:targetgroup/${group.Name}/[*]$`));
  });

  it("is left out where a listener exists, which gets the rule", () => {
    const listener = "arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/mine/0123456789abcdef/fedcba98";
    const template = resolveTemplate(withParameters(packaged.template, { ListenerArn: listener, VpcId: "" }));
    expect(resourcesOf(template, "AWS::ElasticLoadBalancingV2::LoadBalancer")).toEqual({});
    expect(resourcesOf(template, "AWS::EC2::SecurityGroup")).toEqual({});
    expect(only(template, "AWS::ElasticLoadBalancingV2::ListenerRule").ListenerArn).toBe(listener);
    const { Dimensions } = template.Resources.IngestUnavailableAlarm?.Properties ?? {};
    expect(Dimensions).toContainEqual({ Name: "LoadBalancer", Value: "app/mine/0123456789abcdef" });
  });
});

describe("public API", () => {
  const parts = (template: Template) =>
    Object.values(template.Resources).filter(({ Type }) => Type.startsWith("AWS::ApiGatewayV2::"));
  const routes = (template: Template) =>
    Object.values(resourcesOf(template, "AWS::ApiGatewayV2::Route")).map(
      ({ RouteKey, AuthorizationType }) => `${RouteKey} ${AuthorizationType}`,
    );

  it("is not there unless it is asked for, nor is anything that would let it in", () => {
    expect(parts(bare)).toEqual([]);
    expect(Object.keys(resourcesOf(bare, "AWS::Lambda::Permission"))).not.toContain("PublicPermission");
    expect(bare.Outputs).not.toHaveProperty("PublicEndpoint");
  });

  it("has the three paths of OTLP/HTTP, asks for a signature where IAM does, and lets preflights through", () => {
    const paths = ["POST /v1/traces", "POST /v1/metrics", "POST /v1/logs"];
    expect(routes(full)).toEqual([...paths.map((path) => `${path} NONE`), "OPTIONS /v1/{signal} NONE"]);
    const iam = resolveTemplate(withParameters(packaged.template, { PublicApi: "iam" }));
    expect(routes(iam)).toEqual([...paths.map((path) => `${path} AWS_IAM`), "OPTIONS /v1/{signal} NONE"]);
  });

  it("has a limit of its own, and is alone in what it may invoke", () => {
    expect(only(full, "AWS::ApiGatewayV2::Stage").DefaultRouteSettings).toEqual({
      ThrottlingRateLimit: "50",
      ThrottlingBurstLimit: "100",
    });
    const permission = full.Resources.PublicPermission?.Properties ?? {};
    expect(permission).toMatchObject({
      FunctionName: "IngestLambdaFunction.Arn",
      Principal: "apigateway.amazonaws.com",
    });
    expect(permission.SourceArn).toMatch(/:execute-api:us-east-1:123456789012:PublicHttpApi[/][*]$/);
  });
});

describe("functions", () => {
  it("run on Node 24 on arm64, outside any VPC, with a role each, JSON logs and Lambda's loop detection", () => {
    const functions = Object.values(resourcesOf(full, "AWS::Lambda::Function"));
    for (const properties of functions) {
      expect(properties).toMatchObject({
        Runtime: "nodejs24.x",
        Architectures: ["arm64"],
        Handler: "index.handler",
        LoggingConfig: { LogFormat: "JSON", ApplicationLogLevel: "DEBUG", SystemLogLevel: "WARN" },
      });
      expect(properties).not.toHaveProperty("VpcConfig");
      expect(properties).not.toHaveProperty("RecursiveLoop");
    }
    expect(new Set(functions.map(({ Role }) => Role)).size).toBe(functions.length);
    expect(Object.keys(resourcesOf(full, "AWS::Lambda::Function"))).toEqual(
      expect.arrayContaining(["IngestLambdaFunction", "FlushLambdaFunction"]),
    );
  });

  it("find the queues and the stage in their environment, ingest its account as well, and nothing else", () => {
    for (const [id, { Environment }] of Object.entries(resourcesOf(full, "AWS::Lambda::Function"))) {
      const account = { OTEL_RESOURCE_ATTRIBUTES: "cloud.account.id=123456789012" };
      expect(Environment.Variables).toEqual({
        ...(id === "IngestLambdaFunction" && account),
        SLUICE_STAGE: "prod",
        SLUICE_QUEUE_URL: "Queue",
        SLUICE_DEAD_LETTER_QUEUE_URL: "DeadLetterQueue",
      });
    }
  });

  it("have concurrency set aside only when asked", () => {
    expect(full.Resources.IngestLambdaFunction?.Properties.ReservedConcurrentExecutions).toBe("200");
    expect(bare.Resources.IngestLambdaFunction?.Properties).not.toHaveProperty("ReservedConcurrentExecutions");
    expect(bare.Resources.FlushLambdaFunction?.Properties).not.toHaveProperty("ReservedConcurrentExecutions");
  });

  it("take batches that can fail one by one, a bounded number at a time", () => {
    const mapping = only(bare, "AWS::Lambda::EventSourceMapping");
    expect(mapping).toMatchObject({
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: "10" },
    });
    // More than 10 messages need a window; provisioned pollers exclude a maximum concurrency.
    expect(Number(mapping.MaximumBatchingWindowInSeconds)).toBeGreaterThanOrEqual(1);
    expect(mapping).not.toHaveProperty("ProvisionedPollerConfig");
  });
});

describe("queues", () => {
  it("are encrypted, keep 14 days, take 1 MiB", () => {
    const queues = Object.values(resourcesOf(full, "AWS::SQS::Queue"));
    expect(queues).toHaveLength(3);
    for (const queue of queues) {
      expect(queue).toMatchObject({
        SqsManagedSseEnabled: true,
        MessageRetentionPeriod: 1_209_600,
        MaximumMessageSize: 1_048_576,
      });
    }
  });

  it("refuse whoever comes without TLS", () => {
    const policies = Object.values(resourcesOf(full, "AWS::SQS::QueuePolicy"));
    expect(policies.map(({ Queues }) => Queues)).toEqual([["Queue"], ["DeadLetterQueue"], ["LogsFailedQueue"]]);
    for (const { Queues, PolicyDocument } of policies) {
      expect(PolicyDocument.Statement).toEqual([
        {
          Sid: "TlsOnly",
          Effect: "Deny",
          Principal: "*",
          Action: "sqs:*",
          Resource: `${Queues[0]}.Arn`,
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ]);
    }
  });

  it("hide a message for six of flush's timeouts and the longest window, and redrive as late as SQS can", () => {
    const queue = full.Resources.Queue?.Properties ?? {};
    const flush = full.Resources.FlushLambdaFunction?.Properties ?? {};
    const { BatchWindowSeconds } = packaged.template.Parameters as Record<string, { MaxValue?: number }>;
    expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * flush.Timeout + (BatchWindowSeconds?.MaxValue ?? 0));
    expect(queue.RedrivePolicy).toEqual({ deadLetterTargetArn: "DeadLetterQueue.Arn", maxReceiveCount: 1000 });
  });

  it("take dead letters from the one queue alone", () => {
    const { QueueName } = full.Resources.Queue?.Properties ?? {};
    expect(full.Resources.DeadLetterQueue?.Properties.RedriveAllowPolicy).toEqual({
      redrivePermission: "byQueue",
      sourceQueueArns: [expect.stringMatching(new RegExp(`:${QueueName}$`))],
    });
  });
});

describe("logs", () => {
  it("are kept for a set time, whoever writes them", () => {
    const groups = Object.values(resourcesOf(full, "AWS::Logs::LogGroup"));
    expect(groups.length).toBe(Object.keys(resourcesOf(full, "AWS::Lambda::Function")).length + 2);
    for (const { RetentionInDays } of groups) expect(RetentionInDays).toBe("30");
  });
});
