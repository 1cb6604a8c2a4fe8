import { billOfMaterials } from "./bill-of-materials.ts";
import { cloudFormation } from "./cloudformation/step.ts";
import { debian } from "./debian/step.ts";
import { documents } from "./documents.ts";
import { functions } from "./functions.ts";
import { grafana } from "./grafana.ts";
import { helmChart } from "./helm-chart.ts";
import { imageContext } from "./image-context.ts";
import { npmPackage } from "./npm-package.ts";
import { program } from "./program.ts";
import type { ReleaseStep } from "./release.ts";
import { rpm } from "./rpm/step.ts";
import { terraformModules } from "./terraform-modules.ts";

/** Everything that a release is made of. */
export const steps: readonly ReleaseStep[] = [
  functions,
  cloudFormation,
  program,
  debian,
  rpm,
  imageContext,
  helmChart,
  terraformModules,
  grafana,
  npmPackage,
  billOfMaterials,
  documents,
];
