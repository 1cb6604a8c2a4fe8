/** A value that no log, error, JSON or inspection shows: it prints as `[secret]`; `reveal()` is the only way in. */
export interface Secret {
  reveal(): string;
}

/** Wraps `value` so that `String()`, `JSON.stringify`, template literals and `util.inspect` print `[secret]`. */
export function secret(value: string): Secret {
  const hidden = () => "[secret]";
  return Object.freeze({
    reveal: () => value,
    toString: hidden,
    toJSON: hidden,
    [Symbol.for("nodejs.util.inspect.custom")]: hidden,
  });
}
