import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findChecker } from "../support/infra/checkers.ts";
import { everything, type OwnPackage, slsPackage } from "../support/infra/sls.ts";
import {
  type Properties,
  resolveTemplate,
  resourcesOf,
  type Template,
  withParameters,
} from "../support/infra/template.ts";

const cfnLint = findChecker("cfn-lint");
const key = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555";
let packaged: OwnPackage;
let template: Template;

beforeAll(async () => {
  const params = { ...everything, logBuckets: "logs-a,logs.b", logBucketsKmsKeyArn: key };
  packaged = await slsPackage({ stage: "prod", params });
  template = resolveTemplate(packaged.template);
});
afterAll(() => packaged?.remove());

function resource(type: string, name: string): Properties {
  const found = resourcesOf(template, type)[name];
  if (!found) throw new Error(`no ${name}`);
  return found;
}

interface Statement {
  readonly Sid: string;
  readonly Action: string | string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

describe("objects in S3", () => {
  it("are nothing in a template where no bucket is named", () => {
    const without = resolveTemplate(withParameters(packaged.template, { LogBuckets: "" }));
    const left = Object.keys(without.Resources).filter((name) => /objects/i.test(name));
    expect(left).toEqual([]);
  });

  it("may be read in the named buckets and nowhere else, and nothing may be written into these", () => {
    const { Policies } = resource("AWS::IAM::Role", "ObjectsRole");
    const statements: readonly Statement[] = Policies[0].PolicyDocument.Statement;
    expect(statements.find(({ Sid }) => Sid === "ReadObjects")).toMatchObject({
      Action: ["s3:GetObject", "s3:GetObjectVersion"],
      Resource: ["arn:aws:s3:::logs-a/*", "arn:aws:s3:::logs.b/*"],
    });
    const actions = statements.flatMap(({ Action }) => Action);
    expect(actions.filter((action) => /^(s3|kms):/.test(action))).toEqual([
      "s3:GetObject",
      "s3:GetObjectVersion",
      "s3:ListBucket",
      "kms:Decrypt",
      "kms:Decrypt",
    ]);
    expect(statements.find(({ Sid }) => Sid === "DecryptObjects")).toMatchObject({
      Resource: key,
      Condition: { StringEquals: { "kms:ViaService": "s3.us-east-1.amazonaws.com" } },
    });
  });

  it("that are gone are told from those that the role may not read: S3 answers 404 only to whoever may list the bucket", () => {
    const { Policies } = resource("AWS::IAM::Role", "ObjectsRole");
    const statements: readonly Statement[] = Policies[0].PolicyDocument.Statement;
    expect(statements.find(({ Sid }) => Sid === "TellGoneFromDenied")).toMatchObject({
      Action: "s3:ListBucket",
      Resource: ["arn:aws:s3:::logs-a", "arn:aws:s3:::logs.b"],
    });
  });

  it("have dead letters that replay takes and puts back, beside those of the stage", () => {
    const { Policies } = resource("AWS::IAM::Role", "ReplayRole");
    const statements: readonly Statement[] = Policies[0].PolicyDocument.Statement;
    expect(statements.find(({ Sid }) => Sid === "Take")).toMatchObject({
      Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility", "sqs:GetQueueAttributes"],
      Resource: ["DeadLetterQueue.Arn", "ObjectsDeadLetterQueue.Arn"],
    });
    expect(statements.find(({ Sid }) => Sid === "Requeue")).toMatchObject({
      Action: "sqs:SendMessage",
      Resource: ["Queue.Arn", "ObjectsQueue.Arn"],
    });
  });

  it("are announced by those buckets of this account, and by the rule for them", () => {
    const { PolicyDocument } = resource("AWS::SQS::QueuePolicy", "ObjectsQueuePolicy");
    const [tls, buckets, rule] = PolicyDocument.Statement;
    expect(tls).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": "false" } } });
    expect(buckets.Condition).toEqual({
      ArnEquals: { "aws:SourceArn": ["arn:aws:s3:::logs-a", "arn:aws:s3:::logs.b"] },
      StringEquals: { "aws:SourceAccount": "123456789012" },
    });
    expect(rule.Condition).toEqual({ ArnEquals: { "aws:SourceArn": "ObjectsRule.Arn" } });
    const { EventPattern, Targets } = resource("AWS::Events::Rule", "ObjectsRule");
    expect(EventPattern).toEqual({
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: ["logs-a", "logs.b"] } },
    });
    expect(Targets).toEqual([{ Id: "queue", Arn: "ObjectsQueue.Arn" }]);
  });

  it("may come back to the function as often as they have parts", () => {
    expect(resource("AWS::Lambda::Function", "ObjectsLambdaFunction").RecursiveLoop).toBe("Allow");
  });

  it("have queues that are encrypted, and that outlast a function six times", () => {
    const queue = resource("AWS::SQS::Queue", "ObjectsQueue");
    const { Timeout } = resource("AWS::Lambda::Function", "ObjectsLambdaFunction");
    expect(queue).toMatchObject({
      SqsManagedSseEnabled: true,
      VisibilityTimeout: Timeout * 6,
      MessageRetentionPeriod: 1209600,
      RedrivePolicy: { deadLetterTargetArn: "ObjectsDeadLetterQueue.Arn", maxReceiveCount: 10 },
    });
    expect(resource("AWS::SQS::Queue", "ObjectsDeadLetterQueue")).toMatchObject({ SqsManagedSseEnabled: true });
    expect(resource("AWS::Lambda::EventSourceMapping", "ObjectsMapping")).toMatchObject({
      FunctionResponseTypes: ["ReportBatchItemFailures"],
      ScalingConfig: { MaximumConcurrency: "5" },
    });
  });

  it("have alarms with a section each in the runbook", () => {
    const runbook = readFileSync(new URL("../../docs/operations.md", import.meta.url), "utf8");
    const alarms = Object.values(resourcesOf(template, "AWS::CloudWatch::Alarm"));
    const names = alarms
      .map(({ AlarmName }) => AlarmName.replace("sluice-prod-", ""))
      .filter((name) => name.startsWith("objects-"));
    expect(names).toEqual(["objects-dead-letters", "objects-age", "objects-errors"]);
    for (const name of names) expect(runbook).toContain(`\n### ${name}\n`);
  });

  it.skipIf(!cfnLint)("have no finding of cfn-lint (skipped where cfn-lint is not found)", () => {
    const lint = () =>
      execFileSync(cfnLint ?? "", ["--format", "parseable", packaged.templateFile], { encoding: "utf8" });
    expect(lint()).toBe("");
  });
});
