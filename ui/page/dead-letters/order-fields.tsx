import type { Order, OrderWishes } from "./use-order.ts";

export interface OrderFieldsProps {
  readonly action: Order["action"];
  readonly wishes: OrderWishes;
  readonly disabled: boolean;
  readonly onChange: (wishes: OrderWishes) => void;
}

/** What a person may say about an order before it is carried out. */
export function OrderFields({ action, wishes, disabled, onChange }: OrderFieldsProps) {
  return action === "replay" ? (
    <div class="fields">
      <label>
        At most this many items a second{" "}
        <input
          type="number"
          class="answer"
          min="1"
          placeholder="no limit"
          value={wishes.rate}
          onInput={(event) => onChange({ ...wishes, rate: event.currentTarget.value })}
          disabled={disabled}
        />
      </label>
      <label>
        <input
          type="checkbox"
          checked={wishes.includeStale}
          onChange={(event) => onChange({ ...wishes, includeStale: event.currentTarget.checked })}
          disabled={disabled}
        />{" "}
        Send also what the destination will probably find too old
      </label>
    </div>
  ) : (
    <div class="fields">
      <label>
        Why: it is logged with each letter{" "}
        <input
          type="text"
          class="answer"
          value={wishes.comment}
          onInput={(event) => onChange({ ...wishes, comment: event.currentTarget.value })}
          required
          maxLength={300}
          disabled={disabled}
        />
      </label>
    </div>
  );
}
