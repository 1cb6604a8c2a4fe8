/** A CloudFormation template, as far as the tests look into it. */
export interface Template {
  readonly Parameters: Readonly<Record<string, { readonly Default?: unknown; readonly Description?: string }>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
}

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly Properties: Properties;
}

// biome-ignore lint/suspicious/noExplicitAny: a template is JSON of 800 kinds of resources; tests reach deep into it.
export type Properties = Record<string, any>;

/** Stands for a value that only AWS knows, such as an ARN: `{"Fn::GetAtt": ["Queue", "Arn"]}` is `Queue.Arn`. */
export type Attributes = Readonly<Record<string, string>>;

/**
 * What CloudFormation would make of the template: conditions decided, resources without theirs left out, `Ref`, `Fn::If`,
 * `Fn::Sub` and the like resolved by the parameters' defaults; `attributes` says what AWS would.
 */
export function resolveTemplate(template: Template, given: Attributes = {}): Template {
  const attributes = { ...pseudoParameters, ...given };
  const resolve = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolve).filter((item) => item !== undefined);
    if (typeof value !== "object" || value === null) return value;
    const [[name, argument] = ["", undefined]] = Object.entries(value);
    const intrinsic = intrinsics[name];
    if (intrinsic && Object.keys(value).length === 1) return intrinsic(argument as never);
    const entries = Object.entries(value).map(([key, item]) => [key, resolve(item)] as const);
    return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
  };
  const ref = (name: string): unknown => {
    const parameter = template.Parameters[name];
    if (parameter) return String(parameter.Default);
    return name === "AWS::NoValue" ? undefined : (attributes[name] ?? name);
  };
  const list = (argument: unknown) => (argument as readonly unknown[]).map(resolve);
  const decide = (name: string) => resolve(template.Conditions[name]) === true;
  const intrinsics: Record<string, ((argument: never) => unknown) | undefined> = {
    Ref: ref,
    Condition: decide,
    "Fn::Equals": (pair) => list(pair)[0] === list(pair)[1],
    "Fn::Not": (one) => list(one)[0] !== true,
    "Fn::And": (all) => list(all).every((each) => each === true),
    "Fn::Or": (any) => list(any).some((each) => each === true),
    "Fn::If": ([name, yes, no]: [string, unknown, unknown]) => resolve(decide(name) ? yes : no),
    "Fn::GetAtt": (path: readonly string[]) => attributes[path.join(".")] ?? path.join("."),
    "Fn::Split": ([by, text]: [string, unknown]) => String(resolve(text)).split(by),
    "Fn::Select": ([index, items]: [number, unknown]) => (resolve(items) as unknown[])[Number(index)],
    "Fn::Join": ([by, items]: [string, unknown]) => (resolve(items) as unknown[]).join(by),
    "Fn::Sub": (argument: string | [string, Record<string, unknown>]) => {
      const [text, own] = typeof argument === "string" ? [argument, {}] : argument;
      const fill = (name: string) => (name in own ? resolve(own[name]) : (attributes[name] ?? ref(name)));
      return text.replace(/\$\{([^}!]+)\}/g, (_, name: string) => String(fill(name)));
    },
  };
  const kept = <Item extends { Condition?: string }>(items: Readonly<Record<string, Item>>) =>
    Object.fromEntries(Object.entries(items).filter(([, { Condition }]) => !Condition || decide(Condition)));
  return {
    ...template,
    Resources: mapValues(kept(template.Resources), (resource) => ({
      ...resource,
      Properties: resolve(resource.Properties ?? {}) as Properties,
    })),
    Outputs: mapValues(kept(template.Outputs), (output) => ({ ...output, Value: resolve(output.Value) })),
  };
}

const pseudoParameters: Attributes = {
  "AWS::Partition": "aws",
  "AWS::Region": "us-east-1",
  "AWS::AccountId": "123456789012",
  "AWS::URLSuffix": "amazonaws.com",
};

/** The template with other values of some parameters. */
export function withParameters(template: Template, values: Readonly<Record<string, string>>): Template {
  const given = Object.entries(values).map(([name, Default]) => [name, { ...template.Parameters[name], Default }]);
  return { ...template, Parameters: { ...template.Parameters, ...Object.fromEntries(given) } };
}

/** The resources of one type, by logical ID. */
export function resourcesOf(template: Template, type: string): Readonly<Record<string, Properties>> {
  const found = Object.entries(template.Resources).filter(([, { Type }]) => Type === type);
  return Object.fromEntries(found.map(([id, { Properties }]) => [id, Properties]));
}

function mapValues<From, To>(record: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}
