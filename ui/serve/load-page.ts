import { errorText } from "../../shared/error-text.ts";
import type { BuiltFile } from "../build-page.ts";

/**
 * The files of the page. A bundle of the program has them inside (`infra/bundle.ts` puts them in the place of this module);
 * in a checkout they are built from `ui/page` when somebody asks first. Throws a sentence for a person.
 */
export async function loadPage(): Promise<readonly BuiltFile[]> {
  try {
    const { buildPage } = await import("../build-page.ts");
    return (await buildPage()).files;
  } catch (error) {
    const why = errorText(error);
    throw new Error(`The page cannot be built: ${why}\nIn a checkout it needs the development packages: npm ci`);
  }
}
