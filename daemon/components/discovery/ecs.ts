import { attribute, type DecodedBy, table } from "../../../shared/alloy/arguments.ts";
import { list, type Target, target } from "../../../shared/alloy/composite-types.ts";
import { int } from "../../../shared/alloy/plain-types.ts";
import { duration, secret, string } from "../../../shared/alloy/text-types.ts";
import type { Clock } from "../../../shared/clock.ts";
import { ecsServices, ecsTargets } from "../../../shared/discovery/ecs.ts";
import { type JsonObject, objectOf, objectsOf, textOf } from "../../../shared/discovery/json.ts";
import type { XmlElement } from "../../../shared/discovery/xml.ts";
import { errorText } from "../../../shared/error-text.ts";
import { defineComponent } from "../../controller/component.ts";
import { AwsCallError, isDenied, maxPages, openAwsService, regionOf } from "./aws-service.ts";
import { openEc2 } from "./ec2-calls.ts";
import { lookUpHosts } from "./ecs-hosts.ts";
import { type Refreshed, refreshed, type TargetSource } from "./refresh.ts";

const args = table(
  {
    clusters: attribute(list(string), { help: "Names or ARNs of clusters; default: all of the region." }),
    region: attribute(string, { help: "Default: AWS_REGION of the environment." }),
    endpoint: attribute(string, { help: "Of ECS; default: that of the region." }),
    ec2_endpoint: attribute(string, { help: "Of EC2; default: that of the region." }),
    access_key: attribute(string, { help: "Default: the identity of this process." }),
    secret_key: attribute(secret),
    role_arn: attribute(string, { help: "Role that is assumed." }),
    refresh_interval: attribute(duration, { default: 60_000, help: "Time between two looks." }),
    port: attribute(int, { default: 80, help: "Port of the targets." }),
  },
  {
    validate(given) {
      if (given.refresh_interval <= 0) return "refresh_interval must be greater than 0";
      return regionOf(given.region) === "" ? "ECS SD configuration requires a region" : undefined;
    },
  },
);

type Arguments = DecodedBy<typeof args>;

const service = "AmazonEC2ContainerServiceV20141113";
/** Tasks that `DescribeTasks` takes at a time, and that a page of `ListTasks` has. */
const maxTasks = 100;
const maxServices = 10;

/** `discovery.ecs`: the running tasks of ECS, each at its own address or at that of its host. Alloy has no such component. */
export const ecsDiscovery = defineComponent({
  name: "discovery.ecs",
  stability: "generally-available",
  arguments: args,
  exports: { targets: list(target) },
  build: (given, context) => refreshed(given, context, (current) => sourceOf(current, context.clock)),
});

function sourceOf(given: Arguments, clock: Clock): TargetSource {
  const { region, post, close } = openAwsService("ecs", given, clock);
  const ec2 = openEc2({ ...given, endpoint: given.ec2_endpoint }, clock);

  /** One call; throws with what AWS says. */
  async function call(action: string, input: object, signal: AbortSignal): Promise<Readonly<Record<string, unknown>>> {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": `${service}.${action}` };
    const answer = await post(headers, JSON.stringify(input), signal);
    const parsed = parse(answer.body);
    if (answer.status === 200) return parsed;
    const message = textOf(parsed.message) ?? textOf(parsed.Message) ?? "";
    const code = textOf(parsed.__type)?.split("#").at(-1) ?? "";
    throw new AwsCallError(code, `${action}: ${answer.status} ${code} ${message}`.trim());
  }

  /** All pages of a list of ARNs. */
  async function listed(action: string, field: string, how: { input: object; signal: AbortSignal }): Promise<string[]> {
    const found: string[] = [];
    let nextToken: string | undefined;
    for (let page = 0; page < maxPages; page += 1) {
      const input = { ...how.input, maxResults: maxTasks, ...(nextToken !== undefined && { nextToken }) };
      const answer = await call(action, input, how.signal);
      const arns = answer[field];
      if (Array.isArray(arns)) found.push(...arns.flatMap((arn) => textOf(arn) ?? []));
      nextToken = textOf(answer.nextToken);
      if (nextToken === undefined) break;
    }
    return found;
  }

  /** `problems`: why some labels are missing, for who may not ask for them. */
  async function tasksOf(cluster: string, signal: AbortSignal, problems: Set<string>): Promise<Target[]> {
    const arns = await listed("ListTasks", "taskArns", { input: { cluster, desiredStatus: "RUNNING" }, signal });
    const answers: JsonObject[] = [];
    for (let at = 0; at < arns.length; at += maxTasks) {
      const input = { cluster, tasks: arns.slice(at, at + maxTasks), include: ["TAGS"] };
      answers.push(await call("DescribeTasks", input, signal));
    }
    if (answers.length === 0) return [];
    const names = [...new Set(answers.flatMap(ecsServices))];
    const services = new Map<string, JsonObject>();
    for (let at = 0; at < names.length; at += maxServices) {
      const input = { cluster, services: names.slice(at, at + maxServices), include: ["TAGS"] };
      for (const each of objectsOf((await tried("DescribeServices", input)).services)) {
        services.set(textOf(each.serviceName) ?? "", each);
      }
    }
    const [owner] = objectsOf((await tried("DescribeClusters", { clusters: [cluster], include: ["TAGS"] })).clusters);
    const found = await lookUpHosts(cluster, answers, { ecs: tried, ec2: triedEc2 });
    const surroundings = { region, port: given.port, services, ...(owner && { cluster: owner }), ...found };
    return answers.flatMap((answer) => ecsTargets(answer, surroundings));

    /** Nothing where the role may not ask it: targets without these labels are better than none. What passes must not change any. */
    async function tried(action: string, input: object): Promise<JsonObject> {
      try {
        return await call(action, input, signal);
      } catch (error) {
        if (!isDenied(error)) throw error;
        problems.add(errorText(error));
        return {};
      }
    }

    async function triedEc2(action: string, form: (next: string) => URLSearchParams): Promise<XmlElement[]> {
      try {
        const answers: XmlElement[] = [];
        for await (const answer of ec2.pages(form, signal)) answers.push(answer);
        return answers;
      } catch (error) {
        if (!isDenied(error)) throw error;
        problems.add(`${action}: ${errorText(error)}`);
        return [];
      }
    }
  }

  return {
    intervalMs: given.refresh_interval,
    async refresh(signal): Promise<Refreshed> {
      try {
        const clusters =
          given.clusters.length > 0
            ? given.clusters
            : await listed("ListClusters", "clusterArns", { input: {}, signal });
        const targets: Target[] = [];
        const problems = new Set<string>();
        for (const cluster of clusters) targets.push(...(await tasksOf(cluster, signal, problems)));
        const missing = problems.size > 0 ? `targets or labels are missing: ${[...problems].join("; ")}` : undefined;
        return { kind: "targets", targets, missing };
      } catch (error) {
        return { kind: "failed", message: `could not describe tasks: ${errorText(error)}` };
      }
    },
    close() {
      close();
      ec2.close();
    },
  };
}

function parse(body: Uint8Array): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(new TextDecoder().decode(body)));
  } catch {
    return {};
  }
}
