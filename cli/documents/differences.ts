/** Where Sluice does something else than Grafana Alloy with the same file, on purpose; one sentence each. */
export const differences: readonly string[] = [
  "A reload whose evaluation fails changes nothing: Alloy runs the part of the new file that could be evaluated. Either way the answer is 400.",
  "Cycles and references of a component to itself are reported at their place in the file; Alloy's `run` gives no place.",
  "After an error, components that depend on the failed one are not evaluated, so that one mistake is reported once.",
  "`validate` evaluates expressions and applies the rules of components, as a load does; Alloy's looks at names and literal types only.",
  "A number that does not fit its type is refused; Alloy wraps it (300 in a field of one byte is 44 there).",
  "`string.format` refuses a secret; Alloy prints it. `convert.nonsensitive` makes a secret printable.",
  "`fmt` keeps blanks and tabs inside of text in backticks, and formatting twice changes nothing; where Alloy's formatter would change its own output again, the end of that is printed.",
  "A file is read up to 16 MiB, blocks and expressions are nested up to 400 levels, and at most 100 errors are reported.",
  "The members of an object come out of `json_path` in the order of the document; in Alloy in any order.",
  "`import.http` and `import.git` are refused; imports inside of an imported module must name a literal file. An imported file is looked at every `poll_frequency`, with either detector.",
  "`tracing` makes traces of loads, with a span for each node, and of nothing else; `remotecfg` is refused unless its URL is empty.",
  "A reload waits at most 30 s for components that it has removed; they keep making durable what they hold, up to `--feature.component-shutdown-deadline`, while the new ones run. Alloy's reload waits for that deadline.",
  "Members of a cluster greet each other over HTTP, not by gossip: Sluice and Alloy do not form one cluster. `--cluster.discover-peers` is refused. A target that another member takes over gets no stale markers, and targets in the process itself (`prometheus.exporter.*`) are never shared.",
  "Log lines are Alloy's in form, with Sluice's own events; own metrics are named `sluice_…`, beside those that components document.",
  "`livedebugging` shows what enters and leaves each component at the ways between them, not what a component says of itself; the rates of `/api/v0/web/graph` are there without it.",
];
