import type { CallNode, ConditionNode, StatementNode, ValueNode } from "./ast.ts";

/** What statements mention: the first names of paths that have more, converters and editors, and enums. */
export interface Mentions {
  readonly prefixes: Set<string>;
  readonly functions: Set<string>;
  readonly enums: Set<string>;
}

/** All that statements and conditions mention, at any depth. */
export function mentionsOf(statements: readonly StatementNode[], conditions: readonly ConditionNode[]): Mentions {
  const mentions: Mentions = { prefixes: new Set(), functions: new Set(), enums: new Set() };
  for (const { editor, where } of statements) {
    ofCall(mentions, editor);
    if (where) ofCondition(mentions, where);
  }
  for (const condition of conditions) ofCondition(mentions, condition);
  return mentions;
}

function ofCondition(mentions: Mentions, node: ConditionNode): void {
  if (node.kind === "and" || node.kind === "or") for (const term of node.terms) ofCondition(mentions, term);
  else if (node.kind === "not") ofCondition(mentions, node.term);
  else if (node.kind === "call") ofCall(mentions, node.call);
  else if (node.kind === "compare") {
    ofValue(mentions, node.left);
    ofValue(mentions, node.right);
  }
}

function ofCall(mentions: Mentions, call: CallNode): void {
  mentions.functions.add(call.name);
  for (const { value } of call.args) {
    if (value.kind === "functionName") mentions.functions.add(value.name);
    else ofValue(mentions, value);
  }
  for (const key of call.keys) ofValue(mentions, key);
}

function ofValue(mentions: Mentions, node: ValueNode): void {
  switch (node.kind) {
    case "enum":
      mentions.enums.add(node.name);
      break;
    case "path":
      if (node.segments.length > 1 && node.segments[0]) mentions.prefixes.add(node.segments[0].name);
      for (const segment of node.segments) for (const key of segment.keys) ofValue(mentions, key);
      break;
    case "call":
      ofCall(mentions, node);
      break;
    case "list":
      for (const item of node.items) ofValue(mentions, item);
      break;
    case "map":
      for (const [, value] of node.entries) ofValue(mentions, value);
      break;
    case "math":
      ofValue(mentions, node.left);
      ofValue(mentions, node.right);
      break;
    case "sign":
      ofValue(mentions, node.value);
      break;
  }
}
