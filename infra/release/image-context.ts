import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReleaseFile, ReleaseStep } from "./release.ts";
import { tarGz } from "./tar.ts";

/** What `docker build` takes: `docker build - < sluice-image-VERSION.tar.gz` builds the image without the repository. */
export const imageContext: ReleaseStep = {
  name: "image",
  async build(release) {
    const files = await imageFiles(release);
    const entries = files.map((file) => ({ kind: "file" as const, ...file }));
    return [{ path: `image/sluice-image-${release.version}.tar.gz`, bytes: tarGz(entries, release.epoch) }];
  },
};

const copied = [
  "LICENSE",
  ...["image-root.ts", "strip-elf.ts"].map((name) => `infra/daemon/${name}`),
  ...["make-code-cache.ts", "code-cache.ts", "loader.ts"].map((name) => `infra/program/${name}`),
];

/** The files of the context: those that the Dockerfile copies from its first stage, and itself without that stage. */
export async function imageFiles({
  root,
  bundle,
}: Parameters<ReleaseStep["build"]>[0]): Promise<readonly ReleaseFile[]> {
  const { files, notices } = await bundle("daemon");
  const program = [...files, { path: "THIRD_PARTY_NOTICES", bytes: Buffer.from(notices) }];
  const dockerfile = readFileSync(join(root, "infra/daemon/Dockerfile"), "utf8");
  return [
    { path: "Dockerfile", bytes: Buffer.from(withoutBuildStage(dockerfile)) },
    ...program.map(({ path, bytes }) => ({ path: `daemon/${path}`, bytes })),
    ...copied.map((path) => ({ path, bytes: readFileSync(join(root, path)) })),
  ];
}

function withoutBuildStage(dockerfile: string): string {
  const [head = "", , ...stages] = dockerfile.split(/^FROM /m);
  const argument = head.split("\n").filter((line) => line.startsWith("ARG "));
  return `${argument.join("\n")}\n${stages.map((stage) => `FROM ${stage}`).join("")}`.replaceAll(
    "--from=build /out/",
    "",
  );
}
