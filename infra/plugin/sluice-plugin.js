import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { findParameterProblems } from "./parameter-problems.js";

/**
 * Makes `sls package` and `sls deploy` build the functions' zips themselves, and refuses a deployment whose parameters
 * cannot work. Plain JavaScript, because `sls` may run under any Node; the bundler runs under the pinned one.
 */
export default class SluicePlugin {
  constructor(serverless, options, { log, progress }) {
    this.serverless = serverless;
    this.log = log;
    this.progress = progress;
    this.hooks = {
      "before:deploy:deploy": () => this.checkParameters(),
      "after:aws:info:gatherData": () => this.showOutputs(),
      "before:package:createDeploymentArtifacts": () => this.build(),
      "before:package:function:package": () => this.build([options.function]),
    };
  }

  /** Zips each function where the framework would have: `.serverless/<name>.zip`, for `index.handler`. */
  build(names = this.serverless.service.getAllFunctions()) {
    const { serviceDir, service } = this.serverless;
    const outDir = join(serviceDir, ".serverless");
    const node = join(serviceDir, "node_modules", "node", "bin", "node");
    const progress = this.progress.create({ message: "Bundling functions" });
    try {
      const arguments_ = [join("infra", "build.ts"), "--out", outDir, ...names];
      const stdout = execFileSync(node, arguments_, {
        cwd: serviceDir,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "inherit"],
      });
      for (const bundle of JSON.parse(stdout)) {
        service.getFunction(bundle.name).package = { artifact: bundle.zip };
        this.log.info(`${bundle.name}: ${bundle.bytes} bytes, sha256 ${bundle.sha256}`);
      }
    } finally {
      progress.remove();
    }
  }

  checkParameters() {
    const { Parameters } = this.serverless.service.provider.compiledCloudFormationTemplate;
    const value = (name) => String(Parameters?.[name]?.Default ?? "");
    const problems = findParameterProblems(value);
    if (problems.length > 0) throw new this.serverless.classes.Error(problems.join("\n"), "SLUICE_PARAMETERS");
  }

  /** After `sls deploy` and in `sls info`: the lines that an application's environment needs, ready to copy. */
  showOutputs() {
    const info = this.serverless.pluginManager.plugins.find((plugin) => plugin.gatheredData !== undefined);
    const outputs = new Map(info?.gatheredData.outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    const lines = ["OtlpEndpoint", "OtlpProtocol", "DaemonEndpoint"].flatMap((key) => outputs.get(key) ?? []);
    if (lines.length > 0) this.serverless.addServiceOutputSection("applications", lines);
    if (outputs.has("DashboardUrl")) this.serverless.addServiceOutputSection("dashboard", outputs.get("DashboardUrl"));
  }
}
