/** The Collector's own name of a parameter: `sourceIP` is `SourceIP`, which no name in a statement becomes. */
export function fieldNameOf(parameter: string): string {
  return parameter.replace(/(?:^|_)(.)/g, (_all, letter: string) => letter.toUpperCase());
}

/** The name of a parameter as the Collector compares it: `utf8_safe`, `utf8Safe` and `utf8safe` are one. */
export function toFieldName(name: string): string {
  let field = "";
  let isStart = true;
  let isBehindCapital = false;
  for (const character of name) {
    if (character === "_") {
      isStart = true;
      isBehindCapital = false;
      continue;
    }
    const isCapital = character >= "A" && character <= "Z";
    if (isStart) field += character.toUpperCase();
    else field += isBehindCapital ? character.toLowerCase() : character;
    isStart = character >= "0" && character <= "9";
    isBehindCapital = isCapital;
  }
  return field;
}
