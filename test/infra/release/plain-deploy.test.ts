import { createHash } from "node:crypto";
import { CloudFormationClient, CreateStackCommand, DescribeStacksCommand } from "@aws-sdk/client-cloudformation";
import { GetFunctionConfigurationCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cloudFormation } from "../../../infra/release/cloudformation/step.ts";
import { functions } from "../../../infra/release/functions.ts";
import { makeRelease } from "../../../infra/release/make-release.ts";
import type { ReleaseFile } from "../../../infra/release/release.ts";
import { findChecker, type Moto, startMoto } from "../../support/infra/checkers.ts";
import { resolveTemplate, type Template, withParameters } from "../../support/infra/template.ts";

const motoServer = findChecker("moto_server");
const bucket = "releases";

// Moto knows no rules of templates, and carries no traffic: it shows that references and conditions hold together.
describe.skipIf(!motoServer)(
  "a release, deployed by CloudFormation alone to moto (skipped where moto_server is not found)",
  () => {
    let moto: Moto;
    let files: readonly ReleaseFile[];

    beforeAll(async () => {
      moto = await startMoto(motoServer ?? "");
      files = await makeRelease([functions, cloudFormation], { epoch: 1_700_000_000 });
      await put(bucket, "");
      for (const { path, bytes } of files) {
        if (path.startsWith("functions/")) await put(`${bucket}/${path.replace("functions/", "sluice/test/")}`, bytes);
      }
    }, 180_000);
    afterAll(() => moto?.stop());

    async function put(path: string, body: Uint8Array | string): Promise<void> {
      const authorization =
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none";
      const answer = await fetch(`${moto.endpoint}/${path}`, {
        method: "PUT",
        headers: { authorization },
        body: Buffer.from(body),
      });
      expect(answer.status, await answer.text()).toBe(200);
    }

    it("creates the stack, with the functions that were built, and says what applications need", async () => {
      const options = {
        endpoint: moto.endpoint,
        region: "us-east-1",
        credentials: { accessKeyId: "test", secretAccessKey: "test" },
      };
      const client = new CloudFormationClient({ ...options, maxAttempts: 1 });
      const [vpc = ""] = /vpc-\w+/.exec(await moto.ec2("DescribeVpcs")) ?? [];
      const subnets = [...(await moto.ec2("DescribeSubnets")).matchAll(/<subnetId>(subnet-\w+)</g)]
        .map(([, id]) => id)
        .slice(0, 2);
      const given = {
        Stage: "plain",
        CodeBucket: bucket,
        CodePrefix: "sluice/test/",
        VpcId: vpc,
        SubnetIds: subnets.join(),
        AllowedCidrs: "10.0.0.0/8",
      };
      const template: Template = JSON.parse(String(files.find(({ path }) => path.endsWith(".template.json"))?.bytes));
      // Moto leaves a hole in a list where AWS::NoValue stands; CloudFormation closes it, and so does this.
      const resolved = resolveTemplate(withParameters(template, given)).Resources.LoadBalancerSecurityGroup?.Properties;
      const group = template.Resources.LoadBalancerSecurityGroup?.Properties ?? {};
      group.SecurityGroupIngress = resolved?.SecurityGroupIngress;
      await client.send(
        new CreateStackCommand({
          StackName: "sluice-plain",
          TemplateBody: JSON.stringify(template),
          Parameters: Object.entries(given).map(([ParameterKey, ParameterValue]) => ({ ParameterKey, ParameterValue })),
          Capabilities: ["CAPABILITY_IAM"],
        }),
      );
      const { Stacks: [stack] = [] } = await client.send(new DescribeStacksCommand({ StackName: "sluice-plain" }));
      expect(stack?.StackStatus).toBe("CREATE_COMPLETE");
      const outputs = Object.fromEntries(
        (stack?.Outputs ?? []).map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]),
      );
      expect(outputs.OtlpEndpoint).toMatch(/^OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/sluice-plain.*:4318$/);
      for (const name of ["ingest", "flush", "replay"]) {
        const found = await new LambdaClient(options).send(
          new GetFunctionConfigurationCommand({ FunctionName: `sluice-plain-${name}` }),
        );
        const zip = files.find(({ path }) => path === `functions/${name}.zip`)?.bytes ?? new Uint8Array();
        expect(found.CodeSha256).toBe(createHash("sha256").update(zip).digest("base64"));
        expect(found.Environment?.Variables).toMatchObject({ SLUICE_STAGE: "plain" });
      }
    });
  },
);
