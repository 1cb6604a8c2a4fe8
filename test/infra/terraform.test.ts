import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { describe, expect, it } from "vitest";

const folder = join(import.meta.dirname, "../../infra/terraform");
const modules = readdirSync(folder);
const terraform = (process.env.PATH ?? "")
  .split(delimiter)
  .map((path) => join(path, "terraform"))
  .find((path) => existsSync(path));

function textOf(module: string): string {
  const files = readdirSync(join(folder, module)).filter((file) => file.endsWith(".tf"));
  return files.map((file) => readFileSync(join(folder, module, file), "utf8")).join("\n");
}

const all = (text: string, pattern: RegExp) =>
  [...new Set([...text.matchAll(pattern)].map(([, found = ""]) => found))].sort();

// No provider can be downloaded in tests, so `terraform validate` does not run: files are parsed, and references looked up.
describe("the Terraform modules", () => {
  it.skipIf(!terraform)("are parsed and formatted by terraform (skipped where it is not found)", () => {
    const check = () =>
      execFileSync(terraform ?? "", ["fmt", "-check", "-recursive", folder], { encoding: "utf8", stdio: "pipe" });
    expect(check()).toBe("");
  });

  it.each(modules)("%s declares everything that it refers to, and uses everything that it declares", (name) => {
    const text = textOf(name).replaceAll(/^\s*#.*$/gm, "");
    const code = text.replaceAll(/^(variable|output|resource|data) .*$/gm, "");
    expect(all(code, /\bvar\.(\w+)/g)).toEqual(all(text, /^variable "(\w+)"/gm));
    const locals = /^locals \{\n([\s\S]*?)^\}/gm;
    const declared = [...text.matchAll(locals)].flatMap(([, body = ""]) => all(body, /^ {2}(\w+) +=/gm));
    expect(all(code, /\blocal\.(\w+)/g)).toEqual(declared.sort());
    const objects = new Set(
      [...text.matchAll(/^(resource|data) "(\w+)" "(\w+)"/gm)].map(([, kind, type, id]) => `${kind} ${type}.${id}`),
    );
    for (const [, data, type, id] of code.matchAll(/\b(data\.)?(aws_\w+)\.(\w+)(?=[.[])/g)) {
      expect(objects).toContain(`${data ? "data" : "resource"} ${type}.${id}`);
    }
  });

  it("has the variables and outputs that the owners of ecs-daemon-otlp know", () => {
    const text = textOf("ecs-daemon");
    const known = [
      "owner",
      "environment_id",
      "grafana_cloud_otlp_endpoint",
      "grafana_cloud_instance_id",
      "grafana_cloud_api_key",
    ];
    expect(all(text, /^variable "(\w+)"/gm)).toEqual(expect.arrayContaining(known));
    expect(all(text, /^output "(\w+)"/gm)).toEqual(
      expect.arrayContaining(["otlp_grpc_endpoint_private", "otlp_http_endpoint_private"]),
    );
    const example = readFileSync(join(folder, "ecs-daemon/terraform.tfvars.example"), "utf8");
    const required = text
      .split(/^(?=variable )/m)
      .filter((block) => block.startsWith("variable") && !block.includes("default"));
    expect(all(example, /^(\w+)/gm)).toEqual(
      expect.arrayContaining(required.map((block) => /"(\w+)"/.exec(block)?.[1])),
    );
    for (const name of ["alloy-daemon-cluster-", "alloy-daemon-ecs-node-", "/alloy-daemon/", "grafana-alloy"])
      expect(text).toContain(name);
    expect(text).toContain('scheduling_strategy                = "DAEMON"');
  });

  it("deploys the configuration of the example", () => {
    const example = readFileSync(join(import.meta.dirname, "../../examples/ecs-daemon-otlp/config.alloy"), "utf8");
    expect(readFileSync(join(folder, "ecs-daemon/config.alloy"), "utf8")).toBe(example);
  });

  it("gives the template the parameters that it has", () => {
    const text = textOf("gateway");
    expect(text).toContain("sluice.template.json");
    for (const name of ["Stage", "CodeBucket", "CodePrefix"]) expect(text).toMatch(new RegExp(`^ +${name} += `, "m"));
  });
});
