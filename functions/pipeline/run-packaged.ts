import { evaluationScope } from "../../daemon/controller/evaluation-scope.ts";
import type { ComponentHost } from "../../daemon/controller/graph-host.ts";
import { Instance } from "../../daemon/controller/instance.ts";
import { decodeStatements } from "../../shared/alloy/decode-statements.ts";
import type { ObjectValue } from "../../shared/alloy/value.ts";
import { libraryHost } from "./component-host.ts";
import type { Known, PackagedNode } from "./packaged-node.ts";

export interface RunPackagedOptions {
  readonly host: ComponentHost;
  readonly variable: (name: string) => string | undefined;
  /** A component exports something else than at its start: who depends on it does not know. */
  readonly onExports: () => void;
}

/**
 * Builds the components of a packaged pipeline and starts them; answers with what stops them. What it throws says nothing that a
 * person could use.
 */
export async function runPackaged(
  nodes: readonly PackagedNode[],
  options: RunPackagedOptions,
): Promise<() => Promise<void>> {
  const { host, variable, onExports } = options;
  const exports = new Map<string, ObjectValue>();
  const known: Known = {
    env: (name) => variable(name) ?? "",
    exported(id, name) {
      const value = exports.get(id)?.get(name);
      if (value === undefined) throw new Error(`${id} exports no ${name}`);
      return value;
    },
    scope: (dependencies, library) =>
      evaluationScope(dependencies, {
        exports,
        given: (value) => value,
        variables: new Map(),
        library: library(libraryHost(variable)),
      }),
  };
  const instances: Instance[] = [];
  for (const { id, definition, body } of nodes) {
    const args = decodeStatements(body, definition.arguments, (value, decode) => decode(value(known)));
    const instance = await Instance.build(definition, { id, args, host, onExports });
    exports.set(id, instance.exports);
    instances.push(instance);
  }
  for (const instance of instances) instance.start();
  host.emit("graph.scheduled", { components: instances.length });
  return async () => {
    for (const instance of instances.toReversed()) await instance.stop();
  };
}
