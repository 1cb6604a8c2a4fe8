import type { ShownField } from "../../../shared/overview/pipeline.ts";
import { Empty } from "../parts/panel.tsx";

const maxText = 4000;

/** Attributes and blocks as they would stand in a configuration. */
export function Body({ fields }: { readonly fields: readonly ShownField[] }) {
  if (fields.length === 0) return <Empty>None.</Empty>;
  const text = fields.map((field) => fieldText(field, "")).join("\n");
  return (
    <pre class="body">
      <code>{text.length > maxText ? `${text.slice(0, maxText)}\n…` : text}</code>
    </pre>
  );
}

function fieldText({ name, label, value, body }: ShownField, indent: string): string {
  if (!body) return `${indent}${name} = ${valueText(value, indent)}`;
  const inner = body.map((field) => `${fieldText(field, `${indent}  `)}\n`).join("");
  const head = label === undefined || label === "" ? name : `${name} ${JSON.stringify(label)}`;
  return `${indent}${head} {\n${inner}${indent}}`;
}

function valueText(shown: ShownField["value"], indent: string): string {
  const { type, value } = shown ?? { type: "null", value: null };
  if (type === "string") return JSON.stringify(value);
  if (type === "array" && Array.isArray(value)) {
    const items = (value as ShownField["value"][]).map((each) => valueText(each, `${indent}  `));
    if (items.join("").length < 60) return `[${items.join(", ")}]`;
    return `[\n${items.map((item) => `${indent}  ${item},\n`).join("")}${indent}]`;
  }
  if (type === "object" && Array.isArray(value)) {
    const pairs = value as { readonly key: string; readonly value: ShownField["value"] }[];
    const texts = pairs.map((pair) => `${pair.key} = ${valueText(pair.value, `${indent}  `)}`);
    if (texts.join("").length < 60) return `{${texts.length === 0 ? "" : ` ${texts.join(", ")} `}}`;
    return `{\n${texts.map((text) => `${indent}  ${text},\n`).join("")}${indent}}`;
  }
  return String(value);
}
