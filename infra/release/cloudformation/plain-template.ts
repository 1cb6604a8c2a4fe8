import type { Json } from "./json.ts";
import { senderParameters, senderRules } from "./senders.ts";
import { templateRules } from "./template-rules.ts";

type Section = Readonly<Record<string, Json>>;

/** What `sls package` makes. */
export interface CompiledTemplate {
  readonly Parameters: Readonly<Record<string, Section>>;
  readonly Conditions: Section;
  readonly Resources: Readonly<Record<string, Section>>;
  readonly Outputs: Section;
}

/** Stands where the stage stands; nothing else in a template is called so. */
export const packagedStage = "stage-of-stack";

const functionId = /^(.+)LambdaFunction$/;

/** The memory of each function of the template. */
function memoryParameters(resources: CompiledTemplate["Resources"]) {
  const names = Object.keys(resources).flatMap((id) => functionId.exec(id)?.[1] ?? []);
  return names.map(
    (name) =>
      [
        `${name}Memory`,
        {
          Type: "Number",
          Default: 1024,
          MinValue: 128,
          MaxValue: 10240,
          Description: `MiB of the ${name.toLowerCase()} function`,
        },
      ] as const,
  );
}

/**
 * The template for CloudFormation alone: the stage is a parameter, the functions' archives come from a bucket of the operator,
 * who may send is a list in a parameter, and what the plugin checks before a deployment is a rule.
 */
export function plainTemplate(
  { Parameters, Conditions, Resources, Outputs }: CompiledTemplate,
  version: string,
): Section {
  const senders = senderParameters();
  const resources = without(Resources, ["ServerlessDeploymentBucket", "ServerlessDeploymentBucketPolicy"]);
  return {
    AWSTemplateFormatVersion: "2010-09-09",
    Description: `Sluice ${version}: an OTLP gateway, acknowledged only when durable`,
    Parameters: {
      CodeBucket: {
        Type: "String",
        MinLength: 3,
        Description: "S3 bucket that holds the functions' archives, in the stack's region",
      },
      CodePrefix: {
        Type: "String",
        Default: `sluice/${version}/`,
        Description: "What stands before ingest.zip and the other archives of functions in the bucket",
      },
      ...Parameters,
      Stage: { ...Parameters.Stage, Default: "prod" },
      DaemonImage: { ...Parameters.DaemonImage, Default: "" },
      ...senders.parameters,
      ...Object.fromEntries(memoryParameters(resources)),
      SystemLogLevel: {
        Type: "String",
        Default: "WARN",
        AllowedValues: ["DEBUG", "INFO", "WARN"],
        Description: "What Lambda itself writes about invocations",
      },
    },
    Rules: templateRules,
    Conditions: { ...Conditions, ...senders.conditions },
    Resources: Object.fromEntries(Object.entries(resources).map(([id, resource]) => [id, plain(id, resource)])),
    Outputs: withStage(without(Outputs, ["ServerlessDeploymentBucketName"])),
  };
}

function plain(id: string, resource: Section): Json {
  const { Type, Properties } = resource;
  if (Type === "AWS::Lambda::Function") {
    const name = functionId.exec(id)?.[1] ?? id;
    const { LoggingConfig, ...others } = Properties as Readonly<Record<string, Section>>;
    return withStage({
      ...resource,
      Properties: {
        ...others,
        Code: { S3Bucket: { Ref: "CodeBucket" }, S3Key: { "Fn::Sub": `\${CodePrefix}${name.toLowerCase()}.zip` } },
        MemorySize: { Ref: `${name}Memory` },
        LoggingConfig: { ...LoggingConfig, SystemLogLevel: { Ref: "SystemLogLevel" } },
      },
    });
  }
  if (id === "LoadBalancerSecurityGroup") {
    return withStage({ ...resource, Properties: { ...(Properties as Section), SecurityGroupIngress: senderRules() } });
  }
  // By default there is no load balancer, and so no subnet: cfn-lint would warn of the empty default.
  if (id === "LoadBalancer") {
    return withStage({ Metadata: { "cfn-lint": { config: { ignore_checks: ["W1033"] } } }, ...resource });
  }
  return withStage(resource);
}

/** The stage's name in a text becomes a reference to the parameter. */
function withStage(value: Json): Json {
  if (typeof value === "string") {
    if (value === packagedStage) return { Ref: "Stage" };
    return value.includes(packagedStage) ? { "Fn::Sub": asParameter(value) } : value;
  }
  if (Array.isArray(value)) return value.map(withStage);
  if (typeof value !== "object" || value === null) return value;
  const substituted = (value as Section)["Fn::Sub"];
  if (typeof substituted === "string") return { "Fn::Sub": asParameter(substituted) };
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withStage(item)]));
}

function asParameter(text: string): string {
  return text.replaceAll(packagedStage, () => `\${Stage}`);
}

function without<Value>(record: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}
