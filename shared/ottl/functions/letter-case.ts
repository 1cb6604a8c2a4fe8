/** Lower case, character by character as Go does it. */
export function toLowerCase(text: string): string {
  return mapCharacters(text, (character) => character.toLowerCase());
}

/** Upper case; a character that would become two stays. */
export function toUpperCase(text: string): string {
  return mapCharacters(text, (character) => character.toUpperCase());
}

function mapCharacters(text: string, map: (character: string) => string): string {
  let mapped = "";
  for (const character of text) {
    const other = map(character);
    mapped += [...other].length === 1 ? other : character;
  }
  return mapped;
}

type Kind = "upper" | "lower" | "digit" | "other";

function kindOf(character: string | undefined): Kind {
  if (character === undefined) return "other";
  if (character >= "A" && character <= "Z") return "upper";
  if (character >= "a" && character <= "z") return "lower";
  return character >= "0" && character <= "9" ? "digit" : "other";
}

/** `HTTPServer2xx` to `http_server_2_xx`: words end where the kind of letters changes. */
export function toSnakeCase(text: string): string {
  const characters = [...text.trim()];
  let snake = "";
  for (const [index, character] of characters.entries()) {
    const kind = kindOf(character);
    const next = kindOf(characters[index + 1]);
    const changes =
      (kind === "upper" && (next === "lower" || next === "digit")) ||
      (kind === "lower" && (next === "upper" || next === "digit")) ||
      (kind === "digit" && (next === "upper" || next === "lower"));
    const letter = kind === "upper" ? character.toLowerCase() : character;
    if (!changes) {
      snake += /[ _\-.]/.test(character) ? "_" : letter;
      continue;
    }
    // The last capital of an acronym begins the next word.
    if (kind === "upper" && next === "lower" && kindOf(characters[index - 1]) === "upper") snake += "_";
    snake += letter;
    if (kind !== "upper" || next === "digit") snake += "_";
  }
  return snake;
}

/** `my_metric_name` to `MyMetricName`: letters behind `_ - .`, blanks and digits become capitals. */
export function toCamelCase(text: string): string {
  const trimmed = text.trim();
  const characters = [...(trimmed === "ID" ? "id" : trimmed)];
  let camel = "";
  let isStart = true;
  let wasUpper = false;
  for (const character of characters) {
    const kind = kindOf(character);
    if (kind === "upper" || kind === "lower") {
      if (isStart) camel += character.toUpperCase();
      else camel += wasUpper && kind === "upper" ? character.toLowerCase() : character;
      isStart = false;
    } else if (kind === "digit") {
      camel += character;
      isStart = true;
    } else isStart = /[ _\-.]/.test(character);
    wasUpper = kind === "upper";
  }
  return camel;
}
