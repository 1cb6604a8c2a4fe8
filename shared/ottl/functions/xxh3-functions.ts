import { utf8 } from "../../edit/text.ts";
import type { Converter } from "../function.ts";
import { textConverter } from "./text-converter.ts";
import { xxh3, xxh3Wide } from "./xxh3.ts";

/** XXH3, its digest in hexadecimal digits. */
export const xxh3Converters: readonly Converter[] = [
  textConverter("XXH3", (text) => xxh3(utf8(text)).toString(16).padStart(16, "0")),
  textConverter("XXH128", (text) => xxh3Wide(utf8(text)).toString(16).padStart(32, "0")),
];
