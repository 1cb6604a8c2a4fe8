import { beforeAll, describe, expect, it } from "vitest";
import { groupsOfStage } from "../../shared/aws-events/cloudwatch-logs/own-groups.ts";
import { type Packaged, packagedProd } from "../support/infra/sls.ts";
import { resolveTemplate, resourcesOf, type Template, withParameters } from "../support/infra/template.ts";

let packaged: Packaged;

beforeAll(async () => {
  packaged = await packagedProd();
});

const resolved = (values: Readonly<Record<string, string>> = {}) =>
  resolveTemplate(withParameters(packaged.template, values));
const groupsOf = (template: Template) =>
  Object.values(resourcesOf(template, "AWS::Logs::SubscriptionFilter")).map(({ LogGroupName }) => LogGroupName);

describe("log groups in the template", () => {
  it("are subscribed one by one, to the function, once it may be invoked", () => {
    const template = resolved();
    expect(groupsOf(template)).toEqual(["/aws/lambda/shop", "/ecs/web"]);
    const [filter] = Object.values(resourcesOf(template, "AWS::Logs::SubscriptionFilter"));
    expect(filter).toMatchObject({
      FilterName: "sluice-prod",
      FilterPattern: '{ $.level = "ERROR" }',
      DestinationArn: "LogsLambdaFunction.Arn",
    });
    expect(template.Resources.LogsSubscription1).toMatchObject({ DependsOn: ["LogsPermission"] });
    expect(resourcesOf(template, "AWS::Logs::AccountPolicy")).toEqual({});
  });

  it("may be twenty", () => {
    const names = Array.from({ length: 20 }, (_, at) => `/group/${at}`);
    expect(groupsOf(resolved({ LogGroups: names.join() }))).toEqual(names);
  });

  it("leave no trace when there are none", () => {
    const template = resolved({ LogGroups: "" });
    const ids = [...Object.keys(template.Resources), ...Object.keys(template.Outputs)];
    expect(ids.filter((id) => id.startsWith("Logs"))).toEqual([]);
    const others = Object.keys(resolved().Resources).filter((id) => !id.startsWith("Logs"));
    expect(Object.keys(template.Resources)).toEqual(others);
  });

  it("are all of the region but the gateway's own with *", () => {
    const template = resolved({ LogGroups: "*" });
    expect(groupsOf(template)).toEqual([]);
    const [policy] = Object.values(resourcesOf(template, "AWS::Logs::AccountPolicy"));
    expect(policy).toMatchObject({ PolicyType: "SUBSCRIPTION_FILTER_POLICY", Scope: "ALL" });
    expect(JSON.parse(policy?.PolicyDocument)).toEqual({ DestinationArn: "LogsLambdaFunction.Arn", FilterPattern: "" });
    const groups = Object.values(resourcesOf(template, "AWS::Logs::LogGroup")).map(({ LogGroupName }) => LogGroupName);
    const functions = groups.filter((group) => groupsOfStage("prod").some((own) => group.startsWith(own.slice(0, -1))));
    expect(functions.length).toBeGreaterThan(4);
    for (const group of functions) expect(policy?.SelectionCriteria).toContain(`"${group}"`);
  });

  it.each([
    ["", true],
    ["*", true],
    ["/aws/lambda/shop", true],
    ["/aws/lambda/sluice-lover", true],
    ["/aws/lambda/a,API-Gateway-Execution-Logs_a1/prod,/ecs/b#c", true],
    ["/aws/lambda/sluice-prod-logs", false],
    ["/aws/lambda/a,/aws/lambda/sluice-dev-ingest", false],
    ["/ecs/sluice-prod-daemon,/a", false],
    ["/a,*", false],
    ["/a, /b", false],
    ["/a,", false],
    [Array.from({ length: 21 }, () => "/a").join(), false],
  ])("are refused where they could not work: %j is %s", (names, isAllowed) => {
    const { AllowedPattern } = packaged.template.Parameters.LogGroups as { readonly AllowedPattern?: string };
    expect(new RegExp(AllowedPattern ?? "nothing").test(names)).toBe(isAllowed);
  });

  it("may be brought by CloudWatch Logs of this account and region alone", () => {
    const permissions = Object.values(resourcesOf(resolved(), "AWS::Lambda::Permission"));
    expect(permissions.filter(({ Principal }) => Principal === "logs.amazonaws.com")).toEqual([
      {
        FunctionName: "LogsLambdaFunction.Arn",
        Action: "lambda:InvokeFunction",
        Principal: "logs.amazonaws.com",
        SourceAccount: "123456789012",
        SourceArn: "arn:aws:logs:us-east-1:123456789012:log-group:*",
      },
    ]);
  });

  it("lose no event: what Lambda gives up waits in a queue for as long as SQS keeps anything, and is taken again", () => {
    const template = resolved();
    const [failed] = Object.entries(resourcesOf(template, "AWS::SQS::Queue")).filter(
      ([id]) => id === "LogsFailedQueue",
    );
    expect(failed?.[1]).toMatchObject({ MessageRetentionPeriod: 1_209_600, VisibilityTimeout: 360 });
    expect(failed?.[1]).not.toHaveProperty("RedrivePolicy");
    const invoke = template.Resources.LogsInvokeConfig?.Properties;
    expect(invoke?.DestinationConfig.OnFailure.Destination).toBe("LogsFailedQueue.Arn");
    const { Timeout } = resourcesOf(template, "AWS::Lambda::Function").LogsLambdaFunction ?? {};
    expect(failed?.[1].VisibilityTimeout).toBe(6 * Timeout);
    expect(template.Resources.LogsFailedMapping?.Properties).toMatchObject({
      EventSourceArn: "LogsFailedQueue.Arn",
      FunctionResponseTypes: ["ReportBatchItemFailures"],
    });
  });
});
