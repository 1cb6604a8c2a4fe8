import { loadAwsServiceSpec } from "@aws-cdk/aws-service-spec";
import type { Template } from "./template.ts";

let loading: ReturnType<typeof loadAwsServiceSpec> | undefined;

type Database = Awaited<ReturnType<typeof loadAwsServiceSpec>>;
type Fields = NonNullable<ReturnType<typeof findResource>>["properties"];
type FieldType = Fields[string]["type"];

/**
 * What is wrong with the resources of a template, by CloudFormation's own specification: unknown types and properties,
 * missing required ones, values of the wrong kind. One line each, with the path. Give it a resolved template: an intrinsic
 * function that is left over stands for a string.
 */
export async function checkSchema(template: Template): Promise<readonly string[]> {
  loading ??= loadAwsServiceSpec();
  const database = await loading;
  return Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
    const resource = findResource(database, Type);
    if (!resource) return [`${id}: there is no ${Type}`];
    return checkFields(database, { fields: resource.properties, value: Properties, path: id });
  });
}

function findResource(database: Database, type: string) {
  const [resource] = database.lookup("resource", "cloudFormationType", "equals", type);
  return resource;
}

interface Place<Kind> {
  readonly fields: Kind;
  readonly value: unknown;
  readonly path: string;
}

function checkFields(database: Database, { fields, value, path }: Place<Fields>): string[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [`${path} is not an object`];
  const missing = Object.entries(fields).filter(([name, { required }]) => required && !(name in value));
  return [
    ...missing.map(([name]) => `${path}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, item]) => {
      const field = fields[name];
      if (!field) return [`${path}.${name} is not in the specification`];
      return checkType(database, { fields: field.type, value: item, path: `${path}.${name}` });
    }),
  ];
}

function checkType(database: Database, { fields: type, value, path }: Place<FieldType>): string[] {
  const wrong = (kind: string) => [`${path} is ${JSON.stringify(value)}, not ${kind}`];
  switch (type.type) {
    case "string":
      return typeof value === "string" ? [] : wrong("a string");
    case "boolean":
      return typeof value === "boolean" || value === "true" || value === "false" ? [] : wrong("a boolean");
    case "integer":
    case "number":
      // Parameters are strings until AWS reads them.
      return Number.isFinite(Number(value)) && value !== "" ? [] : wrong("a number");
    case "array":
      if (!Array.isArray(value)) return wrong("a list");
      return value.flatMap((item, at) =>
        checkType(database, { fields: type.element, value: item, path: `${path}[${at}]` }),
      );
    case "map":
      if (typeof value !== "object" || value === null) return wrong("a map");
      return Object.entries(value).flatMap(([key, item]) =>
        checkType(database, { fields: type.element, value: item, path: `${path}.${key}` }),
      );
    case "tag":
      return checkFields(database, { fields: tag, value, path });
    case "ref": {
      const definition = database.get("typeDefinition", type.reference);
      return checkFields(database, { fields: definition.properties, value, path });
    }
    case "union": {
      const tries = type.types.map((each) => checkType(database, { fields: each, value, path }));
      return tries.some((problems) => problems.length === 0) ? [] : (tries[0] ?? []);
    }
    default:
      return [];
  }
}

const tag: Fields = {
  Key: { type: { type: "string" }, required: true },
  Value: { type: { type: "string" }, required: true },
};
