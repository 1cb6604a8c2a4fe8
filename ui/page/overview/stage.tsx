import type { StageView } from "../../../shared/overview/stage.ts";
import { countText, momentText, spanText } from "../format.ts";
import { Heads } from "../parts/heads.tsx";
import { Empty, Panel, Wide } from "../parts/panel.tsx";
import { Pill, type Tone } from "../parts/pill.tsx";
import { usePoll } from "../use-poll.ts";

const tones: Readonly<Record<string, Tone>> = {
  OK: "good",
  ALARM: "bad",
  Active: "good",
  Failed: "bad",
  Inactive: "warn",
};

/** A deployed stage: what waits, what alarms, what runs. */
export function StageOverview() {
  const { data, problem } = usePoll<StageView>("sluice/stage", 15_000);
  if (!data) return problem ? <p class="banner bad">{problem}</p> : <p class="empty">Asking AWS…</p>;
  return (
    <>
      <h1>Stage {data.stage}</h1>
      {data.problems.map((each) => (
        <p key={each} class="banner warn">
          {each}
        </p>
      ))}
      <Queues queues={data.queues} />
      <Alarms alarms={data.alarms} />
      <Functions functions={data.functions} />
    </>
  );
}

/** What waits in the queues. */
function Queues({ queues }: Pick<StageView, "queues">) {
  return (
    <Panel title="Queues" note="As SQS counts them: approximately.">
      <Wide label="Queues">
        <table>
          <Heads texts={["Queue"]} numbers={["Waiting", "In flight", "Oldest"]} />
          <tbody>
            {queues.map(({ name, messages, inFlight = 0, oldestSeconds }) => (
              <tr key={name}>
                <th scope="row">
                  <code>{name}</code>
                </th>
                <td class={name.endsWith("dead-letters") && messages > 0 ? "number bad" : "number"}>
                  {countText(messages)}
                </td>
                <td class="number">{countText(inFlight)}</td>
                <td class="number">{oldestSeconds === undefined ? "–" : spanText(oldestSeconds)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
    </Panel>
  );
}

/** The alarms, those that ring with the reason. */
function Alarms({ alarms }: Pick<StageView, "alarms">) {
  const ringing = alarms.filter(({ state }) => state === "ALARM").length;
  return (
    <Panel title="Alarms" note={alarms.length === 0 ? undefined : `${ringing} of ${alarms.length} ring.`}>
      {alarms.length === 0 ? (
        <Empty>There are none, or they could not be read.</Empty>
      ) : (
        <Wide label="Alarms">
          <table>
            <tbody>
              {alarms.map(({ name, state, reason, since }) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td>
                    <Pill tone={tones[state] ?? "quiet"}>{state.toLowerCase().replaceAll("_", " ")}</Pill>{" "}
                    {state === "ALARM" && <span class="why">{reason}</span>}
                  </td>
                  <td class="number">{since === undefined ? "" : `since ${momentText(since)}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </Panel>
  );
}

/** The functions, and what each may use. */
function Functions({ functions }: Pick<StageView, "functions">) {
  return (
    <Panel title="Functions">
      {functions.length === 0 ? (
        <Empty>There are none, or they could not be read.</Empty>
      ) : (
        <Wide label="Functions">
          <table>
            <tbody>
              {functions.map(({ name, state, runtime, memoryMb, timeoutSeconds, changedAt }) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td>
                    <Pill tone={tones[state] ?? "quiet"}>{state.toLowerCase()}</Pill>
                  </td>
                  <td>{runtime}</td>
                  <td class="number">{memoryMb} MB</td>
                  <td class="number">{timeoutSeconds} s</td>
                  <td class="number">{changedAt === undefined ? "" : `changed ${momentText(changedAt)}`}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
    </Panel>
  );
}
