import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseStep } from "./release.ts";
import { tarGz } from "./tar.ts";

/** Both modules: the daemon on an ECS cluster, and the stack of the functions. */
export const terraformModules: ReleaseStep = {
  name: "terraform",
  async build({ root, version, epoch }) {
    const folder = join(root, "infra/terraform");
    const modules = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const entries = modules.flatMap(({ name }) =>
      // What `terraform init` leaves in a checkout is in folders.
      readdirSync(join(folder, name), { withFileTypes: true })
        .filter((entry) => entry.isFile() && !/^terraform\.tfstate|\.tfvars$/.test(entry.name))
        .map((entry) => ({
          kind: "file" as const,
          path: `sluice-terraform/${name}/${entry.name}`,
          bytes: readFileSync(join(folder, name, entry.name)),
        })),
    );
    return [{ path: `terraform/sluice-terraform-${version}.tar.gz`, bytes: tarGz(entries, epoch) }];
  },
};
