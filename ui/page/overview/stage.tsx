import type { StageView } from "../../../shared/overview/stage.ts";
import { countText, momentText, spanText } from "../format.ts";
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
  const ringing = data.alarms.filter(({ state }) => state === "ALARM").length;
  return (
    <>
      <h1>Stage {data.stage}</h1>
      {data.problems.map((each) => (
        <p key={each} class="banner warn">
          {each}
        </p>
      ))}
      <Panel title="Queues" note="As SQS counts them: approximately.">
        <Wide label="Queues">
          <table>
            <thead>
              <tr>
                <th scope="col">Queue</th>
                <th scope="col" class="number">
                  Waiting
                </th>
                <th scope="col" class="number">
                  In flight
                </th>
                <th scope="col" class="number">
                  Oldest
                </th>
              </tr>
            </thead>
            <tbody>
              {data.queues.map(({ name, messages, inFlight = 0, oldestSeconds }) => (
                <tr key={name}>
                  <th scope="row">
                    <code>{name}</code>
                  </th>
                  <td class={name === "dead-letters" && messages > 0 ? "number bad" : "number"}>
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
      <Panel title="Alarms" note={data.alarms.length === 0 ? undefined : `${ringing} of ${data.alarms.length} ring.`}>
        {data.alarms.length === 0 ? (
          <Empty>There are none, or they could not be read.</Empty>
        ) : (
          <Wide label="Alarms">
            <table>
              <tbody>
                {data.alarms.map(({ name, state, reason, since }) => (
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
      <Panel title="Functions">
        {data.functions.length === 0 ? (
          <Empty>There are none, or they could not be read.</Empty>
        ) : (
          <Wide label="Functions">
            <table>
              <tbody>
                {data.functions.map(({ name, state, runtime, memoryMb, timeoutSeconds, changedAt }) => (
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
    </>
  );
}
