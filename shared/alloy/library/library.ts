import { string } from "../text-types.ts";
import type { FunctionValue, ObjectValue, Value } from "../value.ts";
import { coalesce, combineMaps, concat, groupBy } from "./arrays.ts";
import { typed } from "./define.ts";
import {
  fromBase64,
  fromJson,
  fromUrlBase64,
  fromYaml,
  nonsensitive,
  toBase64,
  toJson,
  toUrlBase64,
  urlDecode,
  urlEncode,
} from "./encodings.ts";
import { format } from "./format.ts";
import type { Host } from "./host.ts";
import { jsonPath } from "./json-path/json-path.ts";
import { pathJoin } from "./paths.ts";
import { join, replace, split, toLower, toUpper, trim, trimPrefix, trimSpace, trimSuffix } from "./strings.ts";

/** The standard library: every name that an expression finds without anybody declaring it. */
export function createLibrary({ env, constants }: Host): ObjectValue {
  const getenv = typed([string], (name) => env(name) ?? "");
  const strings = {
    format,
    join,
    replace,
    split,
    to_lower: toLower,
    to_upper: toUpper,
    trim,
    trim_prefix: trimPrefix,
    trim_suffix: trimSuffix,
    trim_space: trimSpace,
  };
  return object({
    constants: object(constants),
    coalesce,
    json_path: jsonPath,
    sys: object({ env: getenv }),
    convert: object({ nonsensitive }),
    array: object({ concat, combine_maps: combineMaps, group_by: groupBy }),
    encoding: object({
      from_json: fromJson,
      from_yaml: fromYaml,
      from_base64: fromBase64,
      from_URLbase64: fromUrlBase64,
      to_json: toJson,
      to_base64: toBase64,
      to_URLbase64: toUrlBase64,
      url_encode: urlEncode,
      url_decode: urlDecode,
    }),
    string: object(strings),
    file: object({ path_join: pathJoin }),
    ...strings,
    env: getenv,
    nonsensitive,
    concat,
    json_decode: fromJson,
    yaml_decode: fromYaml,
    base64_decode: fromBase64,
  });
}

function object(fields: Readonly<Record<string, Value | FunctionValue>>): ObjectValue {
  return new Map(Object.entries(fields));
}
