import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest";
import { detectEc2, detectEcs, detectLambda } from "../../../daemon/components/otelcol/detectors/aws.ts";
import type { Detector } from "../../../daemon/components/otelcol/detectors/detector.ts";
import { detectDocker } from "../../../daemon/components/otelcol/detectors/local.ts";
import { realSurroundings } from "../../../daemon/components/otelcol/detectors/surroundings.ts";
import { ListValue } from "../../../shared/edit/any-value.ts";
import { tailStand } from "../../support/tail-stand.ts";

afterEach(() => vi.unstubAllEnvs());

describe("ec2", () => {
  const document = {
    region: "eu-west-2",
    accountId: "123456789012",
    availabilityZone: "eu-west-2b",
    instanceId: "i-0abc",
    imageId: "ami-0def",
    instanceType: "t3.micro",
  };

  it("asks the instance's metadata with a token, version 2 alone", async () => {
    const asked: string[] = [];
    vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", await serve(imds(asked)));
    expect(await found(detectEc2)).toEqual({
      "cloud.provider": "aws",
      "cloud.platform": "aws_ec2",
      "cloud.region": "eu-west-2",
      "cloud.account.id": "123456789012",
      "cloud.availability_zone": "eu-west-2b",
      "host.id": "i-0abc",
      "host.image.id": "ami-0def",
      "host.type": "t3.micro",
      "host.name": "ip-10-0-1-2.eu-west-2.compute.internal",
    });
    expect(asked).toEqual([
      "PUT /latest/api/token",
      "GET /latest/dynamic/instance-identity/document",
      "GET /latest/meta-data/hostname",
    ]);
  });

  it.each([
    ["is told not to ask", { AWS_EC2_METADATA_DISABLED: "true" }, "AWS_EC2_METADATA_DISABLED is true"],
    ["finds nobody", { AWS_EC2_METADATA_SERVICE_ENDPOINT: "http://127.0.0.1:1" }, "ECONNREFUSED"],
  ])("says so when it %s", async (_, env, message) => {
    for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
    await expect(found(detectEc2)).rejects.toThrow(message);
  });

  it("gives up in time where the metadata do not answer", async () => {
    vi.stubEnv("AWS_EC2_METADATA_SERVICE_ENDPOINT", await serve(() => undefined));
    await expect(found(detectEc2, 100)).rejects.toThrow(/timeout|aborted/i);
  });

  function imds(asked: string[]): Answer {
    return (request) => {
      asked.push(`${request.method} ${request.url}`);
      if (request.url === "/latest/api/token")
        return request.method === "PUT" && request.headers["x-aws-ec2-metadata-token-ttl-seconds"] ? "t0ken" : 400;
      if (request.headers["x-aws-ec2-metadata-token"] !== "t0ken") return 401;
      if (request.url === "/latest/meta-data/hostname") return "ip-10-0-1-2.eu-west-2.compute.internal";
      return request.url === "/latest/dynamic/instance-identity/document" ? JSON.stringify(document) : 404;
    };
  }
});

describe("ecs", () => {
  const task = {
    Cluster: "default",
    TaskARN: "arn:aws:ecs:us-west-2:111122223333:task/default/158d1c8083dd49d6b527399fd6414f5c",
    Family: "curltest",
    Revision: "26",
    AvailabilityZone: "us-west-2d",
    LaunchType: "FARGATE",
  };
  const container = {
    LogDriver: "awslogs",
    LogOptions: { "awslogs-group": "/ecs/metadata", "awslogs-region": "us-west-2", "awslogs-stream": "ecs/curl/8f03" },
  };

  it.each(["ECS_CONTAINER_METADATA_URI_V4", "ECS_CONTAINER_METADATA_URI"])("asks the task at %s", async (name) => {
    const url = await serve(({ url: path }) => {
      if (path === "/v4/id/task") return JSON.stringify(task);
      return path === "/v4/id" ? JSON.stringify(container) : 404;
    });
    vi.stubEnv(name, `${url}/v4/id`);
    const arn = "arn:aws:logs:us-west-2:111122223333:log-group:/ecs/metadata";
    expect(await found(detectEcs)).toEqual({
      "cloud.provider": "aws",
      "cloud.platform": "aws_ecs",
      "cloud.region": "us-west-2",
      "cloud.account.id": "111122223333",
      "cloud.availability_zone": "us-west-2d",
      "aws.ecs.cluster.arn": "arn:aws:ecs:us-west-2:111122223333:cluster/default",
      "aws.ecs.task.arn": task.TaskARN,
      "aws.ecs.task.id": "158d1c8083dd49d6b527399fd6414f5c",
      "aws.ecs.task.family": "curltest",
      "aws.ecs.task.revision": "26",
      "aws.ecs.launchtype": "fargate",
      "aws.log.group.names": new ListValue(["/ecs/metadata"]),
      "aws.log.group.arns": new ListValue([arn]),
      "aws.log.stream.names": new ListValue(["ecs/curl/8f03"]),
      "aws.log.stream.arns": new ListValue([`${arn}:log-stream:ecs/curl/8f03`]),
    });
  });

  it.each([
    ["what is not JSON", "<html>", /JSON/],
    ["what is not an object", "[1", /JSON/],
    ["an error", 500, /answered 500/],
  ])("says so for %s", async (_, answer, message) => {
    vi.stubEnv("ECS_CONTAINER_METADATA_URI_V4", await serve(() => answer));
    await expect(found(detectEcs)).rejects.toThrow(message);
  });

  it("says so outside of a task", async () => {
    await expect(found(detectEcs)).rejects.toThrow("this is not a task of ECS");
  });
});

describe("lambda", () => {
  it("reads the environment", async () => {
    vi.stubEnv("AWS_LAMBDA_FUNCTION_NAME", "fn");
    vi.stubEnv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128");
    vi.stubEnv("AWS_REGION", "eu-west-1");
    expect(await found(detectLambda)).toMatchObject({
      "faas.name": "fn",
      "faas.max_memory": 134_217_728n,
      "cloud.region": "eu-west-1",
    });
  });
});

describe("docker", () => {
  it("asks the engine at DOCKER_HOST", async () => {
    const stand = tailStand();
    onTestFinished(() => stand.remove());
    const path = stand.file("docker.sock");
    const url = await serve(
      ({ url: asked }) => (asked?.endsWith("/info") ? '{"Name":"host-1","OSType":"linux"}' : 404),
      path,
    );
    vi.stubEnv("DOCKER_HOST", url);
    expect(await found(detectDocker)).toEqual({ "host.name": "host-1", "os.type": "linux" });
  });

  it("says so where there is no engine", async () => {
    vi.stubEnv("DOCKER_HOST", "unix:///nowhere/docker.sock");
    await expect(found(detectDocker)).rejects.toThrow(/ENOENT|no such file/i);
  });
});

/** A text, a status without one, or no answer at all. */
type Answer = (request: IncomingMessage) => string | number | undefined;

/** A server on loopback, or at a socket in the file system. */
async function serve(answer: Answer, socket?: string): Promise<string> {
  const server = createServer((request, response) => {
    const given = answer(request);
    if (given === undefined) return;
    response.writeHead(typeof given === "number" ? given : 200, { "content-type": "application/json" });
    response.end(typeof given === "number" ? "" : given);
  });
  await new Promise<void>(
    (resolve) => void (socket ? server.listen(socket, resolve) : server.listen(0, "127.0.0.1", resolve)),
  );
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return socket ? `unix://${socket}` : `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function found(detector: Detector, timeoutMs = 2_000): Promise<Record<string, unknown>> {
  return Object.fromEntries(await detector(realSurroundings("host", timeoutMs)));
}
