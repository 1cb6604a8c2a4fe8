import { artifacts, isArtifactName } from "../artifacts.ts";
import type { Release, ReleaseFile, ReleaseStep } from "./release.ts";

/** Names of the Lambda functions, which are names of their archives too. */
export const functionNames = Object.keys(artifacts)
  .filter(isArtifactName)
  .filter((name) => artifacts[name].kind === "function");

/** The functions' archives for Lambda. */
export const functions: ReleaseStep = {
  name: "functions",
  build: (release) => Promise.all(functionNames.map((name) => archiveOf(name, release))),
};

async function archiveOf(name: (typeof functionNames)[number], { bundle }: Release): Promise<ReleaseFile> {
  const { zip } = await bundle(name);
  if (!zip) throw new Error(`${name} was bundled without an archive`);
  return { path: `functions/${name}.zip`, bytes: zip };
}
