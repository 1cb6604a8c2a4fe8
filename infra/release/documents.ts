import { readFileSync } from "node:fs";
import { join } from "node:path";
import { artifacts, isArtifactName } from "../artifacts.ts";
import type { ReleaseStep } from "./release.ts";

const divider = `\n${"-".repeat(80)}\n\n`;

/** What goes beside everything: the licence, every licence of what is inside, and what changed. */
export const documents: ReleaseStep = {
  name: "documents",
  async build({ root, bundle, node }) {
    const names = Object.keys(artifacts).filter(isArtifactName);
    const notices = await Promise.all(names.map(async (name) => (await bundle(name)).notices));
    const [head = ""] = notices[0]?.split("\n\n") ?? [];
    const packages = new Set(
      notices.flatMap((text) => text.slice(head.length + 2).split(divider)).map((text) => text.trim()),
    );
    const text = [head, ...[...packages].sort(), `Node.js, in the Debian package and the image\n\n${node.licence}`];
    return [
      { path: "THIRD_PARTY_NOTICES", bytes: Buffer.from(text.join(divider)) },
      { path: "LICENSE", bytes: readFileSync(join(root, "LICENSE")) },
      { path: "CHANGELOG.md", bytes: readFileSync(join(root, "CHANGELOG.md")) },
    ];
  },
};
