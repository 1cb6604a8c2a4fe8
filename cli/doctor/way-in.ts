import type { Rule, TargetHealthDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { awsProblem } from "../../shared/aws/aws-problem.ts";
import { commandLimits, requestHandlerOf } from "../../shared/aws/request-handler.ts";
import { type Check, failed, ok, skipped, warning } from "./check.ts";

const timeoutMs = 10_000;
const paths = ["/v1/traces", "/v1/metrics", "/v1/logs"];

/** Can applications reach it? The load balancer, its rule and target, and who may send. */
export async function checkWayIn(stage: string): Promise<readonly Check[]> {
  const resources = await resourcesOf(stage);
  if (resources.kind === "failed") return [skipped("way in", resources.reason)];
  return checkLoadBalancer(stage, resources.ids);
}

type Resources =
  | { readonly kind: "read"; readonly ids: ReadonlyMap<string, string> }
  | { readonly kind: "failed"; readonly reason: string };

/** Logical → physical names of what the stack created. */
async function resourcesOf(stage: string): Promise<Resources> {
  const StackName = `sluice-${stage}`;
  const { CloudFormationClient, paginateListStackResources } = await import("@aws-sdk/client-cloudformation");
  const client = new CloudFormationClient({ maxAttempts: 2, requestHandler: requestHandlerOf(commandLimits) });
  const ids = new Map<string, string>();
  try {
    for await (const { StackResourceSummaries = [] } of paginateListStackResources({ client }, { StackName })) {
      for (const { LogicalResourceId = "", PhysicalResourceId = "" } of StackResourceSummaries) {
        ids.set(LogicalResourceId, PhysicalResourceId);
      }
    }
    return { kind: "read", ids };
  } catch (error) {
    return {
      kind: "failed",
      reason: awsProblem(error, { action: "cloudformation:ListStackResources", resource: StackName }),
    };
  } finally {
    client.destroy();
  }
}

async function checkLoadBalancer(stage: string, ids: ReadonlyMap<string, string>): Promise<readonly Check[]> {
  const name = "load balancer";
  const targetGroup = ids.get("IngestTargetGroup");
  if (!targetGroup) {
    if (ids.has("PublicHttpApi")) return [ok("way in", "the public API alone receives")];
    return ids.has("DaemonService") || ids.has("DaemonTaskDefinition")
      ? [ok("way in", "the daemon alone receives")]
      : [failed("way in", "Nothing receives.", `npx sls deploy --stage ${stage} --param vpcId=… (docs/deploy.md)`)];
  }
  const sdk = await import("@aws-sdk/client-elastic-load-balancing-v2");
  const client = new sdk.ElasticLoadBalancingV2Client({
    maxAttempts: 2,
    requestHandler: requestHandlerOf(commandLimits),
  });
  const abort = { abortSignal: AbortSignal.timeout(timeoutMs) };
  const deploy = `npx sls deploy --stage ${stage}`;
  try {
    const [health, rules] = await Promise.all([
      client.send(new sdk.DescribeTargetHealthCommand({ TargetGroupArn: targetGroup }), abort),
      client.send(new sdk.DescribeRulesCommand({ RuleArns: [ids.get("HttpRule") ?? ""] }), abort),
    ]);
    const checks = [targetCheck(health.TargetHealthDescriptions, deploy), ruleCheck(rules.Rules, targetGroup, deploy)];
    const arn = ids.get("LoadBalancer");
    if (!arn) return checks;
    const { LoadBalancers: [balancer] = [] } = await client.send(
      new sdk.DescribeLoadBalancersCommand({ LoadBalancerArns: [arn] }),
      abort,
    );
    const state = balancer?.State?.Code ?? "unknown";
    const active =
      state === "active"
        ? ok(name, `${balancer?.DNSName} is active`)
        : warning(name, `It is ${state}.`, "Wait a minute.");
    return [active, ...checks];
  } catch (error) {
    return [
      skipped(name, awsProblem(error, { action: "elasticloadbalancing:Describe*", resource: "the load balancer" })),
    ];
  } finally {
    client.destroy();
  }
}

function targetCheck(targets: readonly TargetHealthDescription[] = [], deploy: string): Check {
  const [target] = targets;
  return target
    ? ok("target", `${target.Target?.Id} is registered`)
    : failed("target", "No function is registered with the target group: every request is answered 503.", deploy);
}

function ruleCheck(rules: readonly Rule[] = [], targetGroup: string, deploy: string): Check {
  const [rule] = rules;
  const patterns = rule?.Conditions?.flatMap(
    (condition) => condition.PathPatternConfig?.Values ?? condition.Values ?? [],
  );
  const missing = paths.filter((path) => !patterns?.includes(path) && !patterns?.includes("/v1/*"));
  if (!rule || missing.length > 0) {
    return failed("rule", `The listener does not send ${missing.join(", ")} to ingest.`, deploy);
  }
  const goesTo = rule.Actions?.flatMap((action) => action.TargetGroupArn ?? []);
  return goesTo?.includes(targetGroup)
    ? ok("rule", `${paths.join(", ")} go to ingest, priority ${rule.Priority}`)
    : failed("rule", "The listener's rule leads to another target group.", deploy);
}
