import { beforeAll, describe, expect, it } from "vitest";
import { type Packaged, packagedProd } from "../support/infra/sls.ts";
import { resolveTemplate, resourcesOf, type Template, withParameters } from "../support/infra/template.ts";

let packaged: Packaged;
let template: Template;

beforeAll(async () => {
  packaged = await packagedProd();
  template = resolveTemplate(packaged.template);
});

interface Statement {
  readonly Sid: string;
  readonly Effect: string;
  readonly Action: string | string[];
  readonly Resource: string | string[];
  readonly Condition?: unknown;
}

function statementsOf(role: string): readonly Statement[] {
  const { Policies = [], ManagedPolicyArns } = resourcesOf(template, "AWS::IAM::Role")[role] ?? {};
  expect(ManagedPolicyArns).toBeUndefined();
  return Policies.flatMap(
    ({ PolicyDocument }: { PolicyDocument: { Statement: Statement[] } }) => PolicyDocument.Statement,
  );
}

/** Parameter Store lets whoever may read a path read all that is below it: each role has paths of its own. */
function settings(...paths: readonly string[]): string[] {
  const prefix = "ReadSettings ssm:GetParametersByPath :parameter/sluice/prod";
  const read = paths.flatMap((path) => [`${prefix}${path}`, `${prefix}${path}/*`]);
  return [...read, "DecryptSettings kms:Decrypt :key/11111111-2222-3333-4444-555555555555"];
}

function logsTo(group: string): string[] {
  return [`Log logs:CreateLogStream :log-group:${group}:*`, `Log logs:PutLogEvents :log-group:${group}:*`];
}

const roles: Record<string, readonly string[]> = {
  IngestRole: [
    "Send sqs:SendMessage Queue.Arn",
    ...settings("/settings", "/senders", "/pipeline"),
    ...logsTo("/aws/lambda/sluice-prod-ingest"),
  ],
  FlushRole: [
    "Receive sqs:ReceiveMessage Queue.Arn",
    "Receive sqs:DeleteMessage Queue.Arn",
    "Receive sqs:ChangeMessageVisibility Queue.Arn",
    "Receive sqs:GetQueueAttributes Queue.Arn",
    "Requeue sqs:SendMessage Queue.Arn",
    "Park sqs:SendMessage DeadLetterQueue.Arn",
    ...settings("/settings", "/grafana-cloud", "/destinations", "/pipeline", "/pipeline-secrets"),
    ...logsTo("/aws/lambda/sluice-prod-flush"),
  ],
  FirehoseRole: [
    "SendAndPark sqs:SendMessage Queue.Arn",
    "SendAndPark sqs:SendMessage DeadLetterQueue.Arn",
    ...settings("/settings", "/firehose", "/pipeline"),
    ...logsTo("/aws/lambda/sluice-prod-firehose"),
  ],
  MetricStreamDeliveryRole: [
    "FindBucket s3:GetBucketLocation MetricStreamBucket.Arn",
    "FindBucket s3:ListBucket MetricStreamBucket.Arn",
    "FindBucket s3:ListBucketMultipartUploads MetricStreamBucket.Arn",
    "KeepUndelivered s3:AbortMultipartUpload MetricStreamBucket.Arn/*",
    "KeepUndelivered s3:GetObject MetricStreamBucket.Arn/*",
    "KeepUndelivered s3:PutObject MetricStreamBucket.Arn/*",
    "ReadAccessKey secretsmanager:GetSecretValue MetricStreamAccessKey",
    "Log logs:PutLogEvents :log-group:/aws/kinesisfirehose/sluice-prod-metric-stream:*",
  ],
  MetricStreamRole: [
    "Put firehose:PutRecord MetricStreamDelivery.Arn",
    "Put firehose:PutRecordBatch MetricStreamDelivery.Arn",
  ],
  // With no buckets, none for the queues of objects.
  ReplayRole: [
    "Take sqs:ReceiveMessage DeadLetterQueue.Arn",
    "Take sqs:DeleteMessage DeadLetterQueue.Arn",
    "Take sqs:ChangeMessageVisibility DeadLetterQueue.Arn",
    "Take sqs:GetQueueAttributes DeadLetterQueue.Arn",
    "Requeue sqs:SendMessage Queue.Arn",
    ...settings("/settings"),
    ...logsTo("/aws/lambda/sluice-prod-replay"),
  ],
  LogsRole: [
    "Send sqs:SendMessage Queue.Arn",
    "Park sqs:SendMessage DeadLetterQueue.Arn",
    "KeepFailed sqs:SendMessage LogsFailedQueue.Arn",
    "TakeFailed sqs:ReceiveMessage LogsFailedQueue.Arn",
    "TakeFailed sqs:DeleteMessage LogsFailedQueue.Arn",
    "TakeFailed sqs:ChangeMessageVisibility LogsFailedQueue.Arn",
    "TakeFailed sqs:GetQueueAttributes LogsFailedQueue.Arn",
    ...settings("/settings", "/pipeline"),
    ...logsTo("/aws/lambda/sluice-prod-logs"),
  ],
  DaemonTaskRole: [
    "SpillAndPark sqs:SendMessage Queue.Arn",
    "SpillAndPark sqs:SendMessage DeadLetterQueue.Arn",
    ...settings(""),
  ],
  DaemonExecutionRole: [
    ...logsTo("/ecs/sluice-prod-daemon"),
    "Pull ecr:BatchCheckLayerAvailability :repository/sluice",
    "Pull ecr:BatchGetImage :repository/sluice",
    "Pull ecr:GetDownloadUrlForLayer :repository/sluice",
    "LogIn ecr:GetAuthorizationToken *",
  ],
};

describe("roles", () => {
  it("are these and no others", () => {
    expect(Object.keys(resourcesOf(template, "AWS::IAM::Role")).sort()).toEqual(Object.keys(roles).sort());
    expect(resourcesOf(template, "AWS::IAM::Policy")).toEqual({});
    expect(resourcesOf(template, "AWS::IAM::ManagedPolicy")).toEqual({});
  });

  it.each(Object.entries(roles))("%s may do exactly what its code calls", (role, allowed) => {
    const found = statementsOf(role).flatMap(({ Sid, Effect, Action, Resource }) => {
      expect(Effect).toBe("Allow");
      return [Action]
        .flat()
        .flatMap((action) => [Resource].flat().map((resource) => [Sid, action, short(resource)].join(" ")));
    });
    expect(found.sort()).toEqual([...allowed].sort());
  });

  it("decrypt with a customer's key only through SSM, and with none when none is named", () => {
    const decrypt = statementsOf("FlushRole").find(({ Sid }) => Sid === "DecryptSettings");
    expect(decrypt?.Condition).toEqual({ StringEquals: { "kms:ViaService": "ssm.us-east-1.amazonaws.com" } });
    const without = resolveTemplate(withParameters(packaged.template, { KmsKeyArn: "" }));
    expect(JSON.stringify(without.Resources)).not.toContain("kms:");
  });

  it("are assumed by the one service that needs them", () => {
    const trusted = Object.entries(resourcesOf(template, "AWS::IAM::Role")).map(
      ([role, { AssumeRolePolicyDocument }]) => {
        const [{ Principal, Action, Condition }, ...others] = AssumeRolePolicyDocument.Statement;
        expect([Action, others]).toEqual(["sts:AssumeRole", []]);
        if (!String(Principal.Service).startsWith("lambda"))
          expect(Condition).toHaveProperty(["StringEquals", "aws:SourceAccount"]);
        return [role, Principal.Service];
      },
    );
    expect(Object.fromEntries(trusted)).toEqual({
      IngestRole: "lambda.amazonaws.com",
      FlushRole: "lambda.amazonaws.com",
      ReplayRole: "lambda.amazonaws.com",
      LogsRole: "lambda.amazonaws.com",
      FirehoseRole: "lambda.amazonaws.com",
      MetricStreamDeliveryRole: "firehose.amazonaws.com",
      MetricStreamRole: "streams.metrics.cloudwatch.amazonaws.com",
      DaemonTaskRole: "ecs-tasks.amazonaws.com",
      DaemonExecutionRole: "ecs-tasks.amazonaws.com",
    });
  });

  it("know no wildcard but the one that has no resource to name", () => {
    const everything_ = Object.keys(roles).flatMap((role) => statementsOf(role));
    for (const { Action } of everything_) for (const action of [Action].flat()) expect(action).not.toContain("*");
    const wildcards = everything_.filter(({ Resource }) => [Resource].flat().includes("*"));
    expect(wildcards.map(({ Action }) => Action)).toEqual(["ecr:GetAuthorizationToken"]);
  });
});

/** The ARN's last part, which is the one that says something. */
function short(resource: string): string {
  return resource.replace(/^arn:[^:]+:[^:]+:[^:]*:[^:]*:(.*)$/, ":$1");
}
