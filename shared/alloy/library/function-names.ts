/** Functions with an older name of their own, which still works and is warned about. */
export const deprecatedFunctions: ReadonlySet<string> = new Set([
  "env",
  "nonsensitive",
  "concat",
  "json_decode",
  "yaml_decode",
  "base64_decode",
  "format",
  "join",
  "replace",
  "split",
  "to_lower",
  "to_upper",
  "trim",
  "trim_prefix",
  "trim_suffix",
  "trim_space",
]);

/** Functions that need `--stability.level=experimental`. */
export const experimentalFunctions: ReadonlySet<string> = new Set(["array.combine_maps", "array.group_by"]);
