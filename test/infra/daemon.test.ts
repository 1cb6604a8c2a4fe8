import { beforeAll, describe, expect, it } from "vitest";
import { type Packaged, packagedProd } from "../support/infra/sls.ts";
import {
  type Properties,
  resolveTemplate,
  resourcesOf,
  type Template,
  withParameters,
} from "../support/infra/template.ts";

let packaged: Packaged;
let template: Template;
let container: Properties;

beforeAll(async () => {
  packaged = await packagedProd();
  template = resolveTemplate(packaged.template);
  container = template.Resources.DaemonTask?.Properties.ContainerDefinitions[0];
});

describe("the daemon's task", () => {
  it("has the host's network and nothing else of the host", () => {
    expect(template.Resources.DaemonTask?.Properties).toMatchObject({
      NetworkMode: "host",
      RequiresCompatibilities: ["EC2"],
    });
    expect(template.Resources.DaemonTask?.Properties).not.toHaveProperty("Volumes");
    expect(container).toMatchObject({
      User: "65532:65532",
      Privileged: false,
      ReadonlyRootFilesystem: true,
      LinuxParameters: { Capabilities: { Drop: ["ALL"] } },
    });
    expect(container.LinuxParameters.Capabilities).not.toHaveProperty("Add");
  });

  it("asks itself for its health, and has time to finish what is in flight", () => {
    expect(container.HealthCheck.Command).toEqual(["CMD", "node", "/sluice/index.mjs", "health"]);
    expect(container.StopTimeout).toBe(60);
  });

  it("finds stage and queues in its environment, and reads every secret from SSM itself", () => {
    expect(Object.fromEntries(container.Environment.map(({ Name, Value }: Properties) => [Name, Value]))).toEqual({
      SLUICE_STAGE: "prod",
      SLUICE_QUEUE_URL: "Queue",
      SLUICE_DEAD_LETTER_QUEUE_URL: "DeadLetterQueue",
      SLUICE_HOST: "0.0.0.0",
      AWS_REGION: "us-east-1",
    });
    expect(container).not.toHaveProperty("Secrets");
  });

  it("is limited in memory, and logs where retention is set", () => {
    expect([container.Cpu, container.Memory]).toEqual(["128", "256"]);
    expect(container.LogConfiguration).toMatchObject({ LogDriver: "awslogs", Options: { mode: "non-blocking" } });
    expect(container.LogConfiguration.Options["awslogs-group"]).toBe("DaemonLogGroup");
  });
});

describe("the daemon's service", () => {
  it("runs once on every instance, and gives up on a version that does not start", () => {
    expect(template.Resources.DaemonService?.Properties).toMatchObject({
      SchedulingStrategy: "DAEMON",
      LaunchType: "EC2",
      DeploymentConfiguration: {
        MaximumPercent: 100,
        MinimumHealthyPercent: 0,
        DeploymentCircuitBreaker: { Enable: true, Rollback: true },
      },
    });
  });

  it("brings a cluster of its own unless one is named", () => {
    const cluster = (named: string) => {
      const resolved = resolveTemplate(withParameters(packaged.template, { DaemonCluster: named }));
      const created = Object.keys(resourcesOf(resolved, "AWS::ECS::Cluster"));
      return [resolved.Resources.DaemonService?.Properties.Cluster, created];
    };
    expect(cluster("")).toEqual(["DaemonEcsCluster", ["DaemonEcsCluster"]]);
    expect(cluster("mine")).toEqual(["mine", []]);
  });

  it("is not there without an image", () => {
    const without = resolveTemplate(withParameters(packaged.template, { DaemonImage: "" }));
    expect(Object.keys(without.Resources).filter((id) => id.startsWith("Daemon"))).toEqual([]);
    expect(Object.keys(without.Outputs).filter((id) => id.startsWith("Daemon"))).toEqual([]);
  });
});
