import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ecsDiscovery } from "../../../daemon/components/discovery/ecs.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";

const cluster = "arn:aws:ecs:eu-west-1:1:cluster/shop";
const arn = (i: number) => `arn:aws:ecs:eu-west-1:1:task/shop/${i}`;
let server: Server;
let url: string;
let asked: { action: string; input: Record<string, unknown>; authorization: string }[];
let refuse: boolean;
/** Actions that the role does not allow. */
let denied: readonly string[];

beforeEach(async () => {
  asked = [];
  refuse = false;
  denied = [];
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const input = JSON.parse(body) as Record<string, unknown>;
    asked.push({ action, input, authorization: request.headers.authorization ?? "" });
    if (refuse || denied.includes(action))
      return response.writeHead(400).end('{"__type":"AccessDeniedException","Message":"not authorized"}');
    return response.end(JSON.stringify(answer(action, input)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}/`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

function answer(action: string, input: Record<string, unknown>): object {
  if (action === "ListClusters") return { clusterArns: [cluster] };
  if (action === "ListTasks") {
    return input.nextToken === undefined
      ? { taskArns: Array.from({ length: 100 }, (_, i) => arn(i)), nextToken: "2" }
      : { taskArns: [arn(100), arn(101)] };
  }
  if (action === "DescribeServices") {
    const serviceArn = "arn:aws:ecs:eu-west-1:1:service/shop/web";
    return {
      services: [{ serviceName: "web", serviceArn, status: "ACTIVE", tags: [{ key: "tier", value: "front" }] }],
    };
  }
  if (action === "DescribeClusters")
    return { clusters: [{ clusterArn: cluster, tags: [{ key: "env", value: "prod" }] }] };
  return { tasks: (input.tasks as string[]).map(task) };
}

/** The last one has no address of its own. */
function task(taskArn: string): object {
  const number = taskArn.split("/").at(-1);
  const details = [
    { name: "subnetId", value: "subnet-1" },
    { name: "privateIPv4Address", value: `10.0.0.${number}` },
  ];
  return {
    taskArn,
    clusterArn: cluster,
    taskDefinitionArn: "arn:aws:ecs:eu-west-1:1:task-definition/web:7",
    group: "service:web",
    lastStatus: "RUNNING",
    desiredStatus: "RUNNING",
    launchType: "FARGATE",
    availabilityZone: "eu-west-1a",
    tags: [{ key: "team/owner", value: "a" }],
    attachments: number === "101" ? [] : [{ type: "ElasticNetworkInterface", details }],
  };
}

const text = () => `region = "eu-west-1"\nendpoint = "${url}"\naccess_key = "AKID"\nsecret_key = "s"\nport = 9100\n`;

describe("discovery.ecs", () => {
  it("reads all pages of all clusters with signed requests, and keeps its targets while it is refused", async () => {
    const clock = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
    const component = await runComponent(ecsDiscovery, decodeArguments(ecsDiscovery.arguments, text()), { clock });
    await vi.waitFor(() => expect(component.exports().targets).toHaveLength(101));
    expect(Object.fromEntries(component.exports().targets[7] ?? [])).toEqual({
      __address__: "10.0.0.7:9100",
      __meta_ecs_availability_zone: "eu-west-1a",
      __meta_ecs_cluster: "shop",
      __meta_ecs_cluster_arn: cluster,
      __meta_ecs_desired_status: "RUNNING",
      __meta_ecs_ip_address: "10.0.0.7",
      __meta_ecs_last_status: "RUNNING",
      __meta_ecs_launch_type: "FARGATE",
      __meta_ecs_network_mode: "awsvpc",
      __meta_ecs_region: "eu-west-1",
      __meta_ecs_service: "web",
      __meta_ecs_service_arn: "arn:aws:ecs:eu-west-1:1:service/shop/web",
      __meta_ecs_service_status: "ACTIVE",
      __meta_ecs_subnet_id: "subnet-1",
      __meta_ecs_tag_cluster_env: "prod",
      __meta_ecs_tag_service_tier: "front",
      __meta_ecs_tag_task_team_owner: "a",
      __meta_ecs_task_arn: arn(7),
      __meta_ecs_task_definition: "arn:aws:ecs:eu-west-1:1:task-definition/web:7",
      __meta_ecs_task_group: "service:web",
    });
    expect(asked[0]?.authorization).toContain("/eu-west-1/ecs/aws4_request, SignedHeaders=");
    refuse = true;
    await vi.waitFor(() => expect(JSON.stringify(component.events)).toContain("AccessDeniedException not authorized"));
    expect(component.exports().targets).toHaveLength(101);
    await component.stop();
  });

  it("asks only for the clusters that it is given", async () => {
    const args = decodeArguments(ecsDiscovery.arguments, `${text()}clusters = ["shop"]\n`);
    const component = await runComponent(ecsDiscovery, args);
    await vi.waitFor(() => expect(component.exports().targets).toHaveLength(101));
    expect(asked.map(({ action, input }) => [action, input.cluster])).toEqual([
      ["ListTasks", "shop"],
      ["ListTasks", "shop"],
      ["DescribeTasks", "shop"],
      ["DescribeTasks", "shop"],
      ["DescribeServices", "shop"],
      ["DescribeClusters", undefined],
    ]);
    expect(asked[4]?.input).toEqual({ cluster: "shop", services: ["web"], include: ["TAGS"] });
    await component.stop();
  });

  it("goes without the labels that its role does not let it ask for, and says so once", async () => {
    denied = ["DescribeServices", "DescribeClusters"];
    const clock = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
    const component = await runComponent(ecsDiscovery, decodeArguments(ecsDiscovery.arguments, text()), { clock });
    await vi.waitFor(() => expect(asked.filter(({ action }) => action === "ListTasks").length).toBeGreaterThan(4));
    expect(component.exports().targets).toHaveLength(101);
    expect(component.exports().targets[0]?.get("__meta_ecs_service_arn")).toBeUndefined();
    const told = component.events.filter(({ name }) => name === "discovery.failed");
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toContain("DescribeServices: 400 AccessDeniedException");
    await component.stop();
  });

  it("says that it needs a region", () => {
    vi.stubEnv("AWS_REGION", "");
    vi.stubEnv("AWS_DEFAULT_REGION", "");
    expect(() => decodeArguments(ecsDiscovery.arguments, "")).toThrow("ECS SD configuration requires a region");
    vi.unstubAllEnvs();
  });
});
