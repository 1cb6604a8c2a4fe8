import type { Converter } from "../function.ts";
import type { Value } from "../value.ts";

/** A converter of one string. */
export function textConverter(name: string, convert: (text: string) => Value): Converter {
  return {
    name,
    parameters: ["target"],
    build: (args) => {
      const target = args.string("target");
      return (frame) => convert(target(frame));
    },
  };
}
