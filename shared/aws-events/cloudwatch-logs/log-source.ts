import type { Attribute } from "../../otlp/write-attribute.ts";

/** Whose lines a stream holds, as far as its name tells. */
export type SourceKind = "lambda" | "vpc-flow" | "api-gateway-execution" | "other";

/** What the names of a group and a stream say of what writes there. */
export interface LogSource {
  readonly kind: SourceKind;
  readonly attributes: readonly Attribute[];
}

type Match = Readonly<RegExpExecArray>;
type Row = readonly [group: RegExp, read: (match: Match, stream: string) => LogSource];

// Date, the function where the group is not its own, the version in brackets, the environment.
const lambdaStream = /^\d{4}\/\d\d\/\d\d\/(?:([A-Za-z0-9_-]{1,140}))?\[(\$LATEST|\d{1,20})\][0-9a-f]{32}$/;
const ecsStream = /^([^/]{1,255})\/([^/]{1,255})\/([0-9a-f]{32})$/;
const flowStream = /^eni-[0-9a-f]{8,17}-(?:all|accept|reject)$/;
const maxNameLength = 512;

/** Names that AWS gives to groups; the first that matches counts. */
const rows: readonly Row[] = [
  [
    /^\/aws\/lambda\/(?:[a-z]{2}-[a-z-]{4,20}-\d\.)?([A-Za-z0-9_-]{1,140})$/,
    ([, name], stream) => lambda(name, stream),
  ],
  [/^\/(?:aws\/)?ecs\//, (_, stream) => ecs(stream)],
  [/^\/aws\/eks\/([A-Za-z0-9_-]{1,100})\/cluster$/, ([, name]) => onPlatform("aws_eks", [["k8s.cluster.name", name]])],
  [
    /^\/aws\/containerinsights\/([A-Za-z0-9_-]{1,100})\/(?:application|host|dataplane)$/,
    ([, name]) => onPlatform("aws_eks", [["k8s.cluster.name", name]]),
  ],
  [
    /^\/aws\/elasticbeanstalk\/([^/]{1,100})\//,
    ([, name]) => onPlatform("aws_elastic_beanstalk", [["service.name", name]]),
  ],
  [/^\/aws\/apprunner\/([^/]{1,100})\//, ([, name]) => onPlatform("aws_app_runner", [["service.name", name]])],
  [/^API-Gateway-Execution-Logs_([^/]{1,64})\/(.{1,128})$/, ([, api, stage]) => apiGateway(api, stage)],
];

/** Reads the names of a group and a stream; the attributes are for the resource. Most groups are nobody's that is known. */
export function logSourceOf(logGroup: string, logStream: string): LogSource {
  const stream = logStream.slice(0, maxNameLength);
  for (const [shape, read] of rows) {
    const match = shape.exec(logGroup);
    if (match) return read(match, stream);
  }
  const custom = lambdaStream.exec(stream);
  if (custom) return lambda(custom[1], stream);
  return { kind: flowStream.test(stream) ? "vpc-flow" : "other", attributes: [] };
}

function lambda(name: string | undefined, stream: string): LogSource {
  const version = lambdaStream.exec(stream)?.[2];
  const { attributes } = onPlatform("aws_lambda", [
    ["service.name", name],
    ["faas.name", name],
    ["faas.version", version],
    ["faas.instance", stream],
  ]);
  return { kind: "lambda", attributes };
}

/** `prefix/container/task`, as the driver `awslogs` names streams that are given a prefix. */
function ecs(stream: string): LogSource {
  const [, , container, task] = ecsStream.exec(stream) ?? [];
  return onPlatform("aws_ecs", [
    ["service.name", container],
    ["container.name", container],
    ["aws.ecs.task.id", task],
  ]);
}

function apiGateway(api: string | undefined, stage: string | undefined): LogSource {
  return {
    kind: "api-gateway-execution",
    attributes: named([
      ["aws.api_gateway.api_id", api],
      ["aws.api_gateway.stage", stage],
    ]),
  };
}

function onPlatform(platform: string, pairs: readonly (readonly [string, string | undefined])[]): LogSource {
  return { kind: "other", attributes: [{ name: "cloud.platform", value: platform }, ...named(pairs)] };
}

function named(pairs: readonly (readonly [string, string | undefined])[]): readonly Attribute[] {
  return pairs.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [{ name, value }]));
}
