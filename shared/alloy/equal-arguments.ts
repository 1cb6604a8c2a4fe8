/** Whether two decoded arguments are the same: data by its parts, secrets by their text, receivers and handlers by identity. */
export function equalArguments(left: unknown, right: unknown): boolean {
  if (Object.is(left, right)) return true;
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (Array.isArray(left)) {
    return (
      Array.isArray(right) &&
      left.length === right.length &&
      left.every((each, index) => equalArguments(each, right[index]))
    );
  }
  if (left instanceof Map) {
    return (
      right instanceof Map &&
      left.size === right.size &&
      [...left].every(([key, each]) => right.has(key) && equalArguments(each, right.get(key)))
    );
  }
  if (hasText(left) || hasText(right)) return hasText(left) && hasText(right) && left.reveal() === right.reveal();
  if (!isPlain(left) || !isPlain(right)) return false;
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length &&
    names.every((name) => Object.hasOwn(right, name) && equalArguments(left[name], right[name]))
  );
}

function hasText(value: object): value is { reveal(): string } {
  return "reveal" in value && typeof value.reveal === "function";
}

/** Objects of data; what has functions is a receiver or a handler, whose identity counts. */
function isPlain(value: object): value is Record<string, unknown> {
  return !Object.values(value).some((each) => typeof each === "function") && !(value instanceof Set);
}
