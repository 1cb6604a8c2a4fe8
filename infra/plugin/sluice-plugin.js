import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Makes `sls package` and `sls deploy` build the functions' zips themselves, refuses a deployment whose parameters cannot
 * work, and shows afterwards what applications need. Plain JavaScript, because `sls` may run under any Node; the work is
 * done by TypeScript under the pinned one.
 */
export default class SluicePlugin {
  constructor(serverless, options, { log, progress }) {
    this.serverless = serverless;
    this.options = options;
    this.log = log;
    this.progress = progress;
    this.hooks = {
      "before:package:createDeploymentArtifacts": () => this.build(this.serverless.service.getAllFunctions()),
      "before:package:function:package": () => this.build([options.function]),
      // In `sls package` and `sls deploy` alike: what AWS would refuse half-way is refused before anything is changed.
      "after:package:compileEvents": () => this.checkParameters(),
      "before:deploy:deploy": () => this.checkSenders(),
      "before:aws:deploy:deploy:checkForChanges": () => this.hideFunctionsThatAreOff(),
      "after:aws:deploy:deploy:checkForChanges": () => this.showAllFunctions(),
      "before:aws:deploy:deploy:updateStack": () => this.passParameters(),
      "after:aws:info:gatherData": () => this.showOutputs(),
    };
  }

  /** Zips each function where the framework would have: `.serverless/<name>.zip`, for `index.handler`. */
  build(names) {
    const pipeline = this.checkedPipeline();
    const progress = this.progress.create({ message: "Bundling functions" });
    try {
      const out = join(this.serverless.serviceDir, ".serverless");
      for (const bundle of JSON.parse(
        this.run("build.ts", { args: ["--out", out, ...(pipeline ? ["--pipeline", pipeline] : []), ...names] }),
      )) {
        const definition = this.serverless.service.getFunction(bundle.name);
        definition.package = { artifact: bundle.zip };
        if (pipeline && bundle.pipeline) {
          definition.environment = { ...definition.environment, SLUICE_PIPELINE_FILE: "pipeline.alloy" };
        }
        this.log.info(`${bundle.name}: ${bundle.bytes} bytes, sha256 ${bundle.sha256}`);
      }
    } finally {
      progress.remove();
    }
  }

  /** The file that `--param pipeline=FILE` names, once the functions would run it; the language says what is wrong. */
  checkedPipeline() {
    const file = this.givenParameters().findLast(([name]) => name === "pipeline")?.[1] ?? this.paramOfFile("pipeline");
    if (!file) return undefined;
    const problems = this.run("check-pipeline.ts", { args: [file] }).trim();
    if (problems !== "") {
      throw new this.serverless.classes.Error(`${file} cannot be deployed:\n${problems}`, "SLUICE_PIPELINE");
    }
    return file;
  }

  givenParameters() {
    return [this.options.param ?? []].flat().map((each) => String(each).split(/=(.*)/s, 2));
  }

  async checkParameters() {
    const { Parameters } = this.serverless.service.resources;
    const declared = Object.entries(Parameters ?? {});
    const given = this.givenParameters();
    const value = (name) => given.findLast(([each]) => each === name)?.[1] ?? this.paramOfFile(name) ?? "";
    const deployment = {
      values: Object.fromEntries(declared.map(([name, { Default }]) => [name, Default])),
      rules: Object.fromEntries(declared),
      given: given.map(([name]) => name),
      known: this.knownParameters(),
      allowedCidrs: value("allowedCidrs"),
      allowedSecurityGroups: value("allowedSecurityGroups"),
    };
    const problems = this.run("check-parameters.ts", { input: JSON.stringify(deployment) }).trim();
    if (problems !== "") throw new this.serverless.classes.Error(problems, "SLUICE_PARAMETERS");
  }

  /** Opened to the internet without a token, ingest would refuse everybody: that is told before anything is changed. */
  checkSenders() {
    const { PublicApi } = this.serverless.service.resources.Parameters ?? {};
    if (PublicApi?.Default !== "tokens") return;
    const provider = this.serverless.getProvider("aws");
    const profile = this.options["aws-profile"];
    const env = { ...process.env, AWS_REGION: provider.getRegion(), ...(profile && { AWS_PROFILE: profile }) };
    const problem = this.run("check-senders.ts", { args: [provider.getStage()], env }).trim();
    if (problem !== "") throw new this.serverless.classes.Error(problem, "SLUICE_SENDERS");
  }

  /** The framework asks AWS for every function, and takes one that is missing for a change: those that are off are none. */
  hideFunctionsThatAreOff() {
    const { service } = this.serverless;
    const { naming } = this.serverless.getProvider("aws");
    const { Resources } = service.provider.compiledCloudFormationTemplate;
    this.allFunctions = service.functions;
    service.functions = Object.fromEntries(
      Object.entries(service.functions).filter(([name]) => this.holds(Resources[naming.getLambdaLogicalId(name)])),
    );
  }

  showAllFunctions() {
    this.serverless.service.functions = this.allFunctions;
  }

  /** Whether a condition of the template, or that of a resource, holds with the parameters of this deployment. */
  holds(value) {
    const { Conditions, Parameters } = this.serverless.service.provider.compiledCloudFormationTemplate;
    if (value?.Condition !== undefined) return this.holds(Conditions[value.Condition]);
    const text = (each) => String(each?.Ref === undefined ? each : Parameters[each.Ref]?.Default);
    if (value?.["Fn::Equals"]) return text(value["Fn::Equals"][0]) === text(value["Fn::Equals"][1]);
    if (value?.["Fn::Not"]) return !this.holds(value["Fn::Not"][0]);
    if (value?.["Fn::And"]) return value["Fn::And"].every((each) => this.holds(each));
    if (value?.["Fn::Or"]) return value["Fn::Or"].some((each) => this.holds(each));
    return true;
  }

  /** A value that serverless.yml gives under `params`, for the stage or for all. */
  paramOfFile(name) {
    const { params = {} } = this.serverless.configurationInput ?? {};
    const stage = this.serverless.getProvider("aws").getStage();
    return params[stage]?.[name] ?? params.default?.[name];
  }

  /** Every name that the template asks for, wherever it is asked for. */
  knownParameters() {
    const { serviceDir } = this.serverless;
    const folder = join(serviceDir, "infra");
    const files = readdirSync(folder).filter((file) => /\.(yml|cjs)$/.test(file));
    const texts = [join(serviceDir, "serverless.yml"), ...files.map((file) => join(folder, file))].map((file) =>
      readFileSync(file, "utf8"),
    );
    return [
      ...new Set(texts.flatMap((text) => [...text.matchAll(/param:([A-Za-z]+)/g)].map(([, name]) => name))),
    ].sort();
  }

  /**
   * Gives the stack the values that the template has as defaults, so that an update never falls back on older ones. Only
   * for the update: the stack is created from a template of nothing but the bucket, which knows no parameters.
   */
  passParameters() {
    const { provider } = this.serverless.service;
    provider.stackParameters = Object.entries(provider.compiledCloudFormationTemplate.Parameters).map(
      ([ParameterKey, { Default }]) => ({ ParameterKey, ParameterValue: String(Default) }),
    );
  }

  /** After `sls deploy` and in `sls info`: the lines that an application's environment needs, ready to copy. */
  showOutputs() {
    const info = this.serverless.pluginManager.plugins.find((plugin) => plugin.gatheredData !== undefined);
    const outputs = new Map(info?.gatheredData.outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
    const show = (title, keys) => {
      const lines = keys.flatMap((key) => outputs.get(key) ?? []);
      if (lines.length > 0) this.serverless.addServiceOutputSection(title, lines);
    };
    show("applications", ["OtlpEndpoint", "OtlpProtocol"]);
    show("senders outside the VPC", ["PublicEndpoint"]);
    show("applications on the daemon's host", ["DaemonEndpoint", "DaemonProtocol"]);
    show("dashboard", ["DashboardUrl"]);
  }

  run(script, { args = [], input = "", env = process.env }) {
    const { serviceDir } = this.serverless;
    const node = join(serviceDir, "node_modules", "node", "bin", "node");
    const options = { cwd: serviceDir, encoding: "utf8", env, input, stdio: ["pipe", "pipe", "inherit"] };
    return execFileSync(node, [join("infra", script), ...args], options);
  }
}
