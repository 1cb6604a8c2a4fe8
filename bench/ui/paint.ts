import { startPipelineProcess } from "../../test/support/daemon/run-pipeline.ts";
import { chromiumPath, openPage, startBrowser } from "../../test/support/ui/browser.ts";
import { buildPage } from "../../ui/build-page.ts";

// What the pages weigh and how soon they are there: node bench/ui/paint.ts. Needs Debian's Chromium.
const rounds = 7;

if (!chromiumPath) {
  console.error("There is no Chromium: bench/peers/install.sh chromium");
  process.exit(3);
}
const startedAt = performance.now();
const { files } = await buildPage();
console.log(`built in ${Math.round(performance.now() - startedAt)} ms`);
for (const { path, gzip } of files) console.log(`${path}\t${gzip.length} bytes compressed`);
console.log(`all\t${files.reduce((sum, { gzip }) => sum + gzip.length, 0)} bytes compressed`);

const echoes = Array.from({ length: 250 }, (_, index) => `loki.echo "e${index}" { }`);
const ways = echoes.map((_, index) => `loki.process "p${index}" { forward_to = [loki.echo.e${index}.receiver] }`);
const pipeline = await startPipelineProcess({ config: [...echoes, ...ways].join("\n") });
const browser = await startBrowser();
try {
  await (await fetch(`${pipeline.admin}/ui/main.js`)).arrayBuffer();
  const paints: number[] = [];
  const drawn: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const { page } = await openPage(browser, `${pipeline.admin}/`);
    await page.getByRole("heading", { name: "Ledger" }).waitFor();
    paints.push(Number(await page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")));
    const askedAt = performance.now();
    await page.getByRole("link", { name: "Pipeline", exact: true }).click();
    await page.locator("a.box").nth(499).waitFor({ state: "attached" });
    drawn.push(performance.now() - askedAt);
    await page.context().close();
  }
  console.log(`first contentful paint\t${spread(paints)}`);
  console.log(`500 components drawn\t${spread(drawn)}`);
} finally {
  await browser.close();
  await pipeline.end("SIGTERM");
}

function spread(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b).map(Math.round);
  return `median ${sorted[Math.floor(sorted.length / 2)]} ms (${sorted[0]} to ${sorted.at(-1)})`;
}
