import { openCodeCache } from "./code-cache.ts";
import { createLoader } from "./loader.ts";

// What Node is given to run, `index.cjs` and `sluice.cjs`: loads the script that is called as this file is.
const entry = /[^/\\]+(?=[.]cjs$)/.exec(__filename)?.[0];
createLoader({ folder: __dirname, require, cache: openCodeCache(`${__dirname}/code.cache`) })(`${entry}.js`);
