import type { Plugin } from "esbuild";
import type { BuiltFile } from "../ui/build-page.ts";

/** Puts the files of the page into a program, in the place of what builds them in a checkout (`ui/serve/load-page.ts`). */
export function builtPage(files: readonly BuiltFile[]): Plugin {
  return {
    name: "built-page",
    setup({ onLoad }) {
      onLoad({ filter: /[/]ui[/]serve[/]load-page\.ts$/ }, () => {
        const texts = files.map(({ path, gzip }) => [path, Buffer.from(gzip).toString("base64")]);
        const read = "files.map(([path, gzip]) => ({ path, gzip: Buffer.from(gzip, 'base64') }))";
        return { contents: `const files = ${JSON.stringify(texts)}; export const loadPage = async () => ${read};` };
      });
    },
  };
}
