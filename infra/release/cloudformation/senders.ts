import type { Json } from "./json.ts";

/** Kinds of senders: the parameter, how many it may list, and the property of a rule that one of them becomes. */
const kinds = [
  {
    parameter: "AllowedCidrs",
    condition: "HasCidr",
    property: "CidrIp",
    pattern: String.raw`^(\d{1,3}(\.\d{1,3}){3}/\d{1,2}(,\d{1,3}(\.\d{1,3}){3}/\d{1,2}){0,4})?$`,
    description: "IPv4 ranges that may send to the load balancer, up to five, separated by commas without blanks",
  },
  {
    parameter: "AllowedIpv6Cidrs",
    condition: "HasIpv6Cidr",
    property: "CidrIpv6",
    pattern: "^([0-9a-fA-F:]+/[0-9]{1,3}(,[0-9a-fA-F:]+/[0-9]{1,3}){0,4})?$",
    description: "The same for IPv6",
  },
  {
    parameter: "AllowedSecurityGroups",
    condition: "HasGroup",
    property: "SourceSecurityGroupId",
    pattern: "^(sg-[0-9a-f]{8,17}(,sg-[0-9a-f]{8,17}){0,4})?$",
    description: "Security groups whose members may send, up to five, separated by commas without blanks",
  },
] as const;

const places = [0, 1, 2, 3, 4];
const ports = [4318, 443];

/** Parameters and conditions for who may send. CloudFormation has no loop: there are five places for each kind. */
export function senderParameters() {
  const parameters = kinds.map(({ parameter, pattern, description }) => [
    parameter,
    { Type: "String", Default: "", AllowedPattern: pattern, Description: description },
  ]);
  const conditions = kinds.flatMap(({ parameter, condition }) =>
    places.map((place) => [
      `${condition}${place + 1}`,
      { "Fn::Not": [{ "Fn::Equals": [item(parameter, place), ""] }] },
    ]),
  );
  return {
    parameters: Object.fromEntries(parameters) as Readonly<Record<string, Json>>,
    conditions: Object.fromEntries(conditions) as Readonly<Record<string, Json>>,
  };
}

/** The rules of the load balancer's security group: 4318 for each sender, and 443 where there is a certificate. */
export function senderRules(): readonly Json[] {
  return ports.flatMap((port) =>
    kinds.flatMap(({ parameter, condition, property }) =>
      places.map((place) => {
        const rule = {
          IpProtocol: "tcp",
          FromPort: port,
          ToPort: port,
          [property]: item(parameter, place),
          Description: "OTLP/HTTP",
        };
        const named = onlyIf(`${condition}${place + 1}`, rule);
        return port === 443 ? onlyIf("HasCertificate", named) : named;
      }),
    ),
  );
}

/** The list's item, empty behind its end. */
function item(parameter: string, place: number): Json {
  const padded = { "Fn::Join": ["", [{ Ref: parameter }, ",,,,,"]] };
  return { "Fn::Select": [place, { "Fn::Split": [",", padded] }] };
}

function onlyIf(condition: string, value: Json): Json {
  return { "Fn::If": [condition, value, { Ref: "AWS::NoValue" }] };
}
