/** A node of a syntax tree (ESTree). */
interface Node {
  readonly type: string;
  readonly [field: string]: unknown;
}

/** What decides whether a module can be a function whose exports are constants. */
interface Findings {
  /** Those of the names that a function assigns to, so that they may change after the module has run. */
  readonly assigned: readonly string[];
  /** Whether the module awaits outside of functions. */
  readonly awaits: boolean;
}

/** Looks through the syntax tree of a module for assignments to `names`, which it binds at its top. */
export function reassigned(program: unknown, names: ReadonlySet<string>): Findings {
  const assigned = new Set<string>();
  let awaits = false;
  visit(program as Node, [], false);
  return { assigned: [...assigned], awaits };

  function visit(node: Node, outer: readonly ReadonlySet<string>[], isInside: boolean): void {
    if (!isInside && (node.type === "AwaitExpression" || node.await === true)) awaits = true;
    const bound = node.type === "Program" ? [] : boundIn(node);
    const scopes = bound.length > 0 ? [...outer, new Set(bound)] : outer;
    for (const name of isInside ? targetsOf(node) : []) {
      if (names.has(name) && !scopes.some((scope) => scope.has(name))) assigned.add(name);
    }
    for (const child of childrenOf(node)) visit(child, scopes, isInside || isFunction(node));
  }
}

function isFunction({ type }: Node): boolean {
  return /Function/.test(type) || type === "StaticBlock" || type === "PropertyDefinition";
}

/** What a node assigns to. */
function targetsOf(node: Node): readonly string[] {
  if (node.type === "AssignmentExpression") return namesOf(node.left);
  if (node.type === "UpdateExpression") return namesOf(node.argument);
  if (node.type === "ForInStatement" || node.type === "ForOfStatement") return namesOf(node.left);
  return [];
}

/** What a node binds for everything below it. */
function boundIn(node: Node): readonly string[] {
  if (/Function|Class/.test(node.type)) {
    const params = (node.params as readonly Node[] | undefined) ?? [];
    return [...namesOf(node.id), ...params.flatMap(namesOf), ...(isNode(node.body) ? varsIn(node.body) : [])];
  }
  if (node.type === "CatchClause") return namesOf(node.param);
  return childrenOf(node).flatMap((child) => {
    if (child.type === "VariableDeclaration") return declaredBy(child);
    if (child.type === "SwitchCase") return childrenOf(child).flatMap(declaredBy);
    return child.type === "FunctionDeclaration" || child.type === "ClassDeclaration" ? namesOf(child.id) : [];
  });
}

/** `var` reaches up to the function that it stands in. */
function varsIn(node: Node): readonly string[] {
  const own = node.type === "VariableDeclaration" && node.kind === "var" ? declaredBy(node) : [];
  const inner = isFunction(node) ? [] : childrenOf(node).flatMap(varsIn);
  return [...own, ...inner];
}

function declaredBy(node: Node): readonly string[] {
  if (node.type !== "VariableDeclaration") return [];
  return (node.declarations as readonly Node[]).flatMap(({ id }) => namesOf(id));
}

/** The names in a pattern; none in what is a member of something. */
function namesOf(pattern: unknown): readonly string[] {
  if (!isNode(pattern)) return [];
  switch (pattern.type) {
    case "Identifier":
      return [String(pattern.name)];
    case "ObjectPattern":
      return (pattern.properties as readonly Node[]).flatMap((each) => namesOf(each.value ?? each.argument));
    case "ArrayPattern":
      return (pattern.elements as readonly unknown[]).flatMap(namesOf);
    case "AssignmentPattern":
      return namesOf(pattern.left);
    case "RestElement":
      return namesOf(pattern.argument);
    default:
      return [];
  }
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node).flatMap((value) =>
    Array.isArray(value) ? value.filter(isNode) : isNode(value) ? value : [],
  );
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && "type" in value && typeof value.type === "string";
}
