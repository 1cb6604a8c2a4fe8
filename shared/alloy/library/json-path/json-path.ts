import { string } from "../../text-types.ts";
import { float, int, type Value } from "../../value.ts";
import { typed } from "../define.ts";
import { parseJson } from "../parse-json.ts";
import { find } from "./find.ts";
import { parsePath } from "./parse-path.ts";
import { PathReader } from "./path-reader.ts";

const largestTenth = 922_337_203_685_477_580n;
const maxDecimals = 17;
const largestPower = 1_022;

/** `json_path`: the values in a JSON text that a path leads to, with filters and all that `ojg` takes, which Alloy uses. */
export const jsonPath = typed([string, string], (text, path) => {
  const reader = new PathReader(path);
  const parsed = parsePath(reader);
  if (!reader.ended) throw reader.fail();
  return find(parsed, /^\s*$/.test(text) ? null : parseJson(text, numberOf));
});

/** Whole numbers stay whole, numbers with a point or a power do not, and what is too long for either is text. */
function numberOf(text: string): Value {
  const [, whole = "", decimals, power = "0"] = /^-?(\d+)(?:\.(\d+))?(?:[eE][+-]?(\d+))?$/.exec(text) ?? [];
  const isLong = whole.length > 19 || BigInt(whole || "0") / 10n >= largestTenth;
  if (isLong || (decimals?.length ?? 0) > maxDecimals || Number(power) > largestPower) return text;
  if (decimals === undefined && Number(power) === 0) return int(BigInt(/^-?\d+/.exec(text)?.[0] ?? "0"));
  return float(Number(text));
}
