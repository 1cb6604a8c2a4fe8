import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ReleaseStep } from "../release.ts";
import { type CompiledTemplate, packagedStage, plainTemplate } from "./plain-template.ts";

/** The template that AWS's own tools deploy, made of what `sls package` makes. */
export const cloudFormation: ReleaseStep = {
  name: "cloudformation",
  async build({ root, version, scratch }) {
    const folder = scratch("sls");
    const sls = join(root, "node_modules", ".bin", "sls");
    // Only with something that receives is a deployment packaged; the plain template asks for it itself.
    const words = ["package", "--package", folder, "--stage", packagedStage, "--param", "daemonImage=placeholder"];
    const env = { PATH: `${join(root, "node_modules", ".bin")}:${process.env.PATH}`, HOME: folder };
    await promisify(execFile)(sls, words, { cwd: root, env });
    const compiled: CompiledTemplate = JSON.parse(
      readFileSync(join(folder, "cloudformation-template-update-stack.json"), "utf8"),
    );
    const text = `${JSON.stringify(plainTemplate(compiled, version), null, 1)}\n`;
    return [{ path: "cloudformation/sluice.template.json", bytes: Buffer.from(text) }];
  },
};
