import { useState } from "preact/hooks";
import { keepToken } from "./ask.ts";

/** Asks for the token that changes need; it stays in this tab. */
export function TokenForm({ onToken }: { readonly onToken: () => void }) {
  const [token, setToken] = useState("");
  return (
    <form
      class="filters"
      onSubmit={(event) => {
        event.preventDefault();
        keepToken(token);
        onToken();
      }}
    >
      <label>
        One of SLUICE_ADMIN_TOKENS{" "}
        <input
          type="password"
          autocomplete="off"
          value={token}
          onInput={(event) => setToken(event.currentTarget.value)}
          required
        />
      </label>
      <button type="submit">Use it in this tab</button>
    </form>
  );
}
