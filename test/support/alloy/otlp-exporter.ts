/**
 * An exporter and its credentials in the language of `config.alloy`, as the tests' pipelines have them: endpoint, user and password
 * are `<NAME>_ENDPOINT`, `<NAME>_USER` and `<NAME>_KEY`.
 */
export function otlpExporter(name: string): string {
  const variable = name.toUpperCase();
  return `
otelcol.exporter.otlphttp "${name}" {
  client {
    endpoint = sys.env("${variable}_ENDPOINT")
    auth     = otelcol.auth.basic.${name}.handler
  }
}
otelcol.auth.basic "${name}" {
  username = sys.env("${variable}_USER")
  password = sys.env("${variable}_KEY")
}`;
}
