import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ecsDiscovery } from "../../../daemon/components/discovery/ecs.ts";
import { systemClock } from "../../../shared/node/system-clock.ts";
import { decodeArguments, runComponent } from "../../support/components/component-stand.ts";

const cluster = "arn:aws:ecs:eu-west-1:1:cluster/shop";
const arn = (i: number) => `arn:aws:ecs:eu-west-1:1:task/shop/${i}`;
const host = "arn:aws:ecs:eu-west-1:1:container-instance/shop/h";
let server: Server;
let url: string;
let asked: { action: string; input: Record<string, unknown>; authorization: string }[];
/** Whether nothing is answered any more, from the first call of a look on. */
let refuse: boolean;
/** Actions that the role does not allow, and one that is throttled. */
let denied: readonly string[];
let throttled: string | undefined;

beforeEach(async () => {
  asked = [];
  refuse = false;
  denied = [];
  throttled = undefined;
  server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    if (request.url === "/ec2") {
      const form = new URLSearchParams(body);
      const action = form.get("Action") ?? "";
      const authorization = request.headers.authorization ?? "";
      asked.push({ action, input: Object.fromEntries(form), authorization });
      if (throttled === action) return response.writeHead(503).end(throttling);
      if (denied.includes(action)) {
        const error = "<Code>UnauthorizedOperation</Code><Message>no</Message>";
        return response.writeHead(403).end(`<Response><Errors><Error>${error}</Error></Errors></Response>`);
      }
      return response.end(ec2Answers[action]);
    }
    const action = String(request.headers["x-amz-target"]).split(".")[1] ?? "";
    const input = JSON.parse(body) as Record<string, unknown>;
    asked.push({ action, input, authorization: request.headers.authorization ?? "" });
    if (throttled === action) return response.writeHead(400).end('{"__type":"ThrottlingException","message":"slower"}');
    if ((refuse && action === "ListClusters") || denied.includes(action))
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

const throttling =
  "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>slower</Message></Error></Errors></Response>";
const ec2Answers: Readonly<Record<string, string>> = {
  DescribeInstances: `<DescribeInstancesResponse><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId>
    <instanceType>m7g.large</instanceType><privateIpAddress>10.1.0.9</privateIpAddress><ipAddress>52.0.0.9</ipAddress>
    <subnetId>subnet-9</subnetId><tagSet><item><key>pool</key><value>a</value></item></tagSet></item></instancesSet></item></reservationSet>
    </DescribeInstancesResponse>`,
  DescribeNetworkInterfaces: `<DescribeNetworkInterfacesResponse><networkInterfaceSet><item><networkInterfaceId>eni-7</networkInterfaceId>
    <association><publicIp>52.0.0.7</publicIp></association></item><item><networkInterfaceId>eni-8</networkInterfaceId></item>
    </networkInterfaceSet></DescribeNetworkInterfacesResponse>`,
};

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
  if (action === "DescribeContainerInstances")
    return { containerInstances: [{ containerInstanceArn: host, ec2InstanceId: "i-1" }] };
  return { tasks: (input.tasks as string[]).map(task) };
}

/** The last one has no address of its own: its host's counts. */
function task(taskArn: string): object {
  const number = taskArn.split("/").at(-1);
  const details = [
    { name: "subnetId", value: "subnet-1" },
    { name: "privateIPv4Address", value: `10.0.0.${number}` },
    { name: "networkInterfaceId", value: `eni-${number}` },
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
    ...(number === "101" && { containerInstanceArn: host, launchType: "EC2" }),
  };
}

const text = () =>
  `region = "eu-west-1"\nendpoint = "${url}"\nec2_endpoint = "${url}ec2"\naccess_key = "AKID"\nsecret_key = "s"\nport = 9100\n`;

describe("discovery.ecs", () => {
  it("reads all pages of all clusters with signed requests, and keeps its targets while it is refused", async () => {
    const clock = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
    const component = await runComponent(ecsDiscovery, decodeArguments(ecsDiscovery.arguments, text()), { clock });
    await vi.waitFor(() => expect(component.exports().targets).toHaveLength(102));
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
      __meta_ecs_public_ip: "52.0.0.7",
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
    expect(Object.fromEntries(component.exports().targets[101] ?? [])).toMatchObject({
      __address__: "10.1.0.9:9100",
      __meta_ecs_container_instance_arn: host,
      __meta_ecs_ec2_instance_id: "i-1",
      __meta_ecs_ec2_instance_private_ip: "10.1.0.9",
      __meta_ecs_ec2_instance_public_ip: "52.0.0.9",
      __meta_ecs_ec2_instance_type: "m7g.large",
      __meta_ecs_ip_address: "10.1.0.9",
      __meta_ecs_launch_type: "EC2",
      __meta_ecs_network_mode: "bridge",
      __meta_ecs_public_ip: "52.0.0.9",
      __meta_ecs_subnet_id: "subnet-9",
      __meta_ecs_tag_ec2_pool: "a",
    });
    expect(asked.find(({ action }) => action === "DescribeInstances")?.authorization).toContain("/ec2/aws4_request,");
    expect(asked[0]?.authorization).toContain("/eu-west-1/ecs/aws4_request, SignedHeaders=");
    refuse = true;
    await vi.waitFor(() => expect(JSON.stringify(component.events)).toContain("AccessDeniedException not authorized"));
    expect(component.exports().targets).toHaveLength(102);
    await component.stop();
  });

  it("asks only for the clusters that it is given", async () => {
    const args = decodeArguments(ecsDiscovery.arguments, `${text()}clusters = ["shop"]\n`);
    const component = await runComponent(ecsDiscovery, args);
    await vi.waitFor(() => expect(component.exports().targets).toHaveLength(102));
    expect(asked.map(({ action, input }) => [action, input.cluster])).toEqual([
      ["ListTasks", "shop"],
      ["ListTasks", "shop"],
      ["DescribeTasks", "shop"],
      ["DescribeTasks", "shop"],
      ["DescribeServices", "shop"],
      ["DescribeClusters", undefined],
      ["DescribeContainerInstances", "shop"],
      ["DescribeInstances", undefined],
      ["DescribeNetworkInterfaces", undefined],
    ]);
    expect(asked[4]?.input).toEqual({ cluster: "shop", services: ["web"], include: ["TAGS"] });
    await component.stop();
  });

  it("goes without the labels that its role does not let it ask for, and says so once", async () => {
    denied = ["DescribeServices", "DescribeClusters", "DescribeInstances", "DescribeNetworkInterfaces"];
    const clock = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
    const component = await runComponent(ecsDiscovery, decodeArguments(ecsDiscovery.arguments, text()), { clock });
    await vi.waitFor(() => expect(asked.filter(({ action }) => action === "ListTasks").length).toBeGreaterThan(4));
    expect(component.exports().targets).toHaveLength(101);
    expect(component.exports().targets[0]?.get("__meta_ecs_service_arn")).toBeUndefined();
    expect(component.exports().targets[7]?.has("__meta_ecs_public_ip")).toBe(false);
    const told = component.events.filter(({ name }) => name === "discovery.failed");
    expect(told).toHaveLength(1);
    expect(JSON.stringify(told)).toContain("DescribeServices: 400 AccessDeniedException");
    expect(JSON.stringify(told)).toContain("DescribeInstances: 403 UnauthorizedOperation no");
    await component.stop();
  });

  it.each(["DescribeServices", "DescribeContainerInstances", "DescribeInstances"])(
    "keeps its targets and their labels while %s is throttled",
    async (action) => {
      const clock = { ...systemClock, sleep: (_: number, signal?: AbortSignal) => systemClock.sleep(5, signal) };
      const component = await runComponent(ecsDiscovery, decodeArguments(ecsDiscovery.arguments, text()), { clock });
      await vi.waitFor(() => expect(component.exports().targets).toHaveLength(102));
      const before = component.exports().targets;
      throttled = action;
      await vi.waitFor(() => expect(JSON.stringify(component.events)).toContain("slower"));
      expect(component.exports().targets).toEqual(before);
      await component.stop();
    },
  );

  it("says that it needs a region", () => {
    vi.stubEnv("AWS_REGION", "");
    vi.stubEnv("AWS_DEFAULT_REGION", "");
    expect(() => decodeArguments(ecsDiscovery.arguments, "")).toThrow("ECS SD configuration requires a region");
    vi.unstubAllEnvs();
  });
});
