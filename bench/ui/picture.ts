import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startPipelineProcess } from "../../test/support/daemon/run-pipeline.ts";
import { startFakeGrafana } from "../../test/support/destination/fake-grafana.ts";
import { chromiumPath, openPage, startBrowser } from "../../test/support/ui/browser.ts";

// Makes docs/pages.png from a pipeline that runs: node bench/ui/picture.ts [FILE]. Needs Debian's Chromium.
const file = process.argv[2] ?? join(import.meta.dirname, "../../docs/pages.png");
const runMs = 20_000;

if (!chromiumPath) {
  console.error("There is no Chromium: bench/peers/install.sh chromium");
  process.exit(3);
}
const grafana = await startFakeGrafana();
const pipeline = await startPipelineProcess({
  config: `
prometheus.exporter.unix "host" { }
prometheus.scrape "host" {
  targets         = prometheus.exporter.unix.host.targets
  forward_to      = [otelcol.receiver.prometheus.host.receiver]
  scrape_interval = "2s"
  scrape_timeout  = "1s"
}
otelcol.receiver.prometheus "host" { output { metrics = [otelcol.processor.batch.all.input] } }
otelcol.receiver.otlp "apps" {
  http { endpoint = "127.0.0.1:0" }
  output {
    metrics = [otelcol.processor.batch.all.input]
    logs    = [otelcol.processor.batch.all.input]
    traces  = [otelcol.processor.batch.all.input]
  }
}
otelcol.processor.batch "all" {
  output {
    metrics = [otelcol.exporter.otlphttp.cloud.input]
    logs    = [otelcol.exporter.otlphttp.cloud.input]
    traces  = [otelcol.exporter.otlphttp.cloud.input]
  }
}
otelcol.auth.basic "cloud" {
  username = sys.env("ID")
  password = sys.env("KEY")
}
otelcol.exporter.otlphttp "cloud" {
  client {
    endpoint = sys.env("OUT")
    auth     = otelcol.auth.basic.cloud.handler
  }
}
`,
  env: { OUT: grafana.endpoint, ID: grafana.instanceId, KEY: grafana.apiKey },
});
const browser = await startBrowser();
try {
  const { page } = await openPage(browser, `${pipeline.admin}/#/pipeline`, { viewport: { width: 1200, height: 560 } });
  await page.locator("a.box").first().waitFor();
  await page.waitForTimeout(runMs);
  writeFileSync(file, await page.screenshot());
  console.log(file);
} finally {
  await browser.close();
  await pipeline.end("SIGTERM");
  await grafana.close();
}
