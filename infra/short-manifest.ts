import { readFileSync } from "node:fs";
import type { Plugin } from "esbuild";

/** Of the product's own `package.json` the name and version alone: a function reads nothing else of it. */
export const shortManifest: Plugin = {
  name: "short-manifest",
  setup({ onLoad }) {
    onLoad({ filter: /[/]package[.]json$/ }, ({ path }) => {
      const { name, version }: { readonly name: string; readonly version: string } = JSON.parse(
        readFileSync(path, "utf8"),
      );
      return name === "sluice" ? { contents: JSON.stringify({ name, version }), loader: "json" } : undefined;
    });
  },
};
