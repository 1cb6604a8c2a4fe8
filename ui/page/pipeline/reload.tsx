import { useState } from "preact/hooks";
import type { ReloadPlan } from "../../../shared/overview/pipeline.ts";
import { post, Refused } from "../ask.ts";
import { counted } from "../format.ts";
import { Dialog } from "../parts/dialog.tsx";
import { TokenForm } from "../token.tsx";

/** Reads the configuration again, after saying what would change, or why it cannot be used. */
export function Reload() {
  const [plan, setPlan] = useState<ReloadPlan>();
  const [isOpen, setIsOpen] = useState(false);
  const [problem, setProblem] = useState<Refused>();
  const [done, setDone] = useState("");

  async function ask(call: "reload-plan" | "reload"): Promise<void> {
    setProblem(undefined);
    try {
      const answer = await post<ReloadPlan>(`sluice/${call}`);
      if (call === "reload" && answer.isValid) setDone("The configuration was loaded.");
      setPlan(answer);
    } catch (error) {
      setProblem(error instanceof Refused ? error : new Refused(String(error), 0));
    }
  }

  function open(): void {
    setPlan(undefined);
    setDone("");
    setIsOpen(true);
    void ask("reload-plan");
  }

  return (
    <>
      <button type="button" onClick={open}>
        Reload…
      </button>
      {isOpen && (
        <Dialog title="Reload the configuration" onClose={() => setIsOpen(false)}>
          <div role="status">
            {!plan && !problem && <p class="empty">Reading it…</p>}
            {done !== "" && <p class="banner good">{done}</p>}
          </div>
          {problem && (
            <p class="banner bad" role="alert">
              {problem.message}
            </p>
          )}
          {problem?.status === 401 && <TokenForm onToken={() => void ask("reload-plan")} />}
          {plan && done === "" && <Plan plan={plan} />}
          <div class="buttons">
            <button type="button" onClick={() => setIsOpen(false)}>
              {done === "" ? "Cancel" : "Close"}
            </button>
            {done === "" && (
              <button type="button" class="main" disabled={!plan?.isValid} onClick={() => void ask("reload")}>
                {plan?.isValid ? `Reload: ${counted(plan.changes.length, "change")}` : "Reload"}
              </button>
            )}
          </div>
        </Dialog>
      )}
    </>
  );
}

function Plan({ plan: { isValid, changes, diagnostics } }: { readonly plan: ReloadPlan }) {
  return (
    <>
      {!isValid && <p class="banner bad">It cannot be used; what runs keeps running.</p>}
      {diagnostics.length > 0 && (
        <ul class="diagnostics">
          {diagnostics.map(({ severity, place, message, hint }) => (
            <li key={`${place} ${message}`} class={severity}>
              <code>{place}</code> {message}
              {hint && <span class="why"> {hint}</span>}
            </li>
          ))}
        </ul>
      )}
      {changes.length === 0 && isValid && <p>Nothing is written in another way than what runs.</p>}
      <ul class="changes">
        {changes.map(({ id, what, place, fields }) => (
          <li key={id}>
            <span class={`change ${what}`}>{what}</span> <code>{id}</code>
            <span class="why">
              {fields.length > 0 && ` ${fields.join(", ")}`} · {place}
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}
