import type { SignalName } from "../signal.ts";
import { countItems } from "./count-items.ts";
import { bytesField } from "./encode-field.ts";
import { FieldWalk } from "./fields.ts";
import type { MessageView } from "./message-view.ts";
import { PatchList } from "./patch-list.ts";
import { type Level, Scene } from "./scene.ts";

/** A rule: called at every message of its level; it may change what it sees, and says whether the message stays. */
export interface Rule {
  readonly level: Level;
  visit(scene: Scene): boolean;
  /** Whether groups that hold nothing go, whatever emptied them. */
  readonly prunes?: boolean;
}

/** The request afterwards: the same bytes when nothing changed. */
export interface Edited {
  readonly bytes: Uint8Array;
  /** Spans, data points and log records that went. */
  readonly droppedItems: number;
  /** Whether no resource is left that could hold any. */
  readonly isEmpty: boolean;
}

interface Job {
  readonly bytes: Uint8Array;
  readonly signal: SignalName;
  readonly rule: Rule;
  readonly scene: Scene;
  readonly patches: PatchList;
  droppedItems: number;
}

/** The fields of ResourceX and ScopeX that hold what is below: 1000 is the deprecated form of 2. */
const scopesField = 2;
const deprecatedScopesField = 1000;
const itemsField = 2;
const eventsField = 11;
const maxAddedMetrics = 10_000;

/**
 * Applies a rule to an export request on the wire. Only messages down to the rule's level are looked at; the changes
 * are written once, at the end. The request must have passed `scan`; on other bytes it stops at the first bad field.
 */
export function editRequest(bytes: Uint8Array, signal: SignalName, rule: Rule): Edited {
  const job: Job = { bytes, signal, rule, scene: new Scene(signal), patches: new PatchList(), droppedItems: 0 };
  const walk = new FieldWalk();
  let kept = 0;
  walk.begin(bytes, 0, bytes.length);
  while (walk.next()) {
    if (walk.number !== 1 || walk.wireType !== 2) continue;
    if (visitResource(job, walk)) kept++;
  }
  const { patches } = job;
  return {
    bytes: patches.isEmpty ? bytes : patches.apply(bytes),
    droppedItems: job.droppedItems,
    isEmpty: kept === 0,
  };
}

/** A field whose message is visited: where it starts, where its content starts and ends. */
interface Place {
  readonly number: number;
  readonly start: number;
  readonly from: number;
  readonly to: number;
}

function visitResource(job: Job, place: Place): boolean {
  const { scene, rule } = job;
  const { start, from, to, number } = place;
  const before = job.droppedItems;
  const view = scene.resourceGroup;
  view.load(job.bytes, from, to);
  job.patches.open(start, from);
  let isKept = rule.level !== "resource" || rule.visit(scene);
  if (isKept && (rule.level !== "resource" || rule.prunes)) {
    const kept = eachChild(view, isScopes, (child) => visitScope(job, child));
    isKept = kept > 0 || !rule.prunes;
  }
  return finish(job, { number, start, from, to, view, isKept, before, kind: "resource" });
}

function isScopes(number: number): boolean {
  return number === scopesField || number === deprecatedScopesField;
}

function visitScope(job: Job, place: Place): boolean {
  const { scene, rule } = job;
  const { start, from, to, number } = place;
  const before = job.droppedItems;
  const view = scene.scopeGroup;
  view.load(job.bytes, from, to);
  job.patches.open(start, from);
  let isKept = rule.level !== "scope" || rule.visit(scene);
  const goesDeeper = rule.level !== "resource" && rule.level !== "scope";
  if (isKept && goesDeeper) {
    const visit = job.signal === "metrics" ? visitMetric : visitItem;
    let kept = eachChild(view, isItems, (child) => visit(job, child));
    kept += visitAddedMetrics(job);
    isKept = kept > 0 || !rule.prunes;
  } else if (isKept && rule.prunes) {
    isKept = view.numbers.slice(0, view.count).includes(itemsField);
  }
  return finish(job, { number, start, from, to, view, isKept, before, kind: "scope" });
}

function isItems(number: number): boolean {
  return number === itemsField;
}

function visitMetric(job: Job, place: Place): boolean {
  const { scene, rule, patches, bytes } = job;
  const { start, from, to, number } = place;
  const before = job.droppedItems;
  scene.origins = [];
  scene.isMetricReplaced = false;
  scene.loadMetric(bytes, from, to);
  patches.open(start, from);
  let isKept = true;
  if (rule.level === "metric") {
    isKept = rule.visit(scene);
    if (isKept && (scene.isMetricReplaced || scene.data.hasChanges)) {
      patches.abandon();
      patches.replace(start, to, bytesField(number, scene.metricBytes()));
      return true;
    }
  } else if (scene.dataField !== 0) {
    isKept = visitPoints(job) > 0 || !rule.prunes;
  }
  return finish(job, { number, start, from, to, view: scene.metric, isKept, before, kind: "metric" });
}

function visitPoints(job: Job): number {
  const { scene, patches } = job;
  const { data, metric } = scene;
  const at = metric.froms.indexOf(data.start);
  patches.open(metric.starts[at] as number, data.start);
  const kept = eachChild(
    data,
    (number) => number === 1,
    (child) => visitItem(job, child),
  );
  data.emit(patches);
  patches.close(scene.dataField, data.end - data.start);
  return kept;
}

/** Metrics that rules added are visited like the others, and those that are added meanwhile. */
function visitAddedMetrics({ scene, rule, patches }: Job): number {
  let kept = 0;
  for (let at = 0; at < scene.addedMetrics.length && at < maxAddedMetrics; at++) {
    const { bytes, origins } = scene.addedMetrics[at] as Scene["addedMetrics"][number];
    scene.origins = origins;
    scene.loadMetric(bytes, 0, bytes.length);
    if (rule.level === "metric" && !rule.visit(scene)) continue;
    const { end } = scene.scopeGroup;
    patches.replace(end, end, bytesField(itemsField, scene.metricBytes()));
    kept++;
  }
  if (scene.addedMetrics.length > 0) scene.addedMetrics = [];
  return kept;
}

function visitItem(job: Job, place: Place): boolean {
  const { scene, rule, patches } = job;
  const { start, from, to, number } = place;
  const view = scene.item;
  view.load(job.bytes, from, to);
  if (rule.level === "item") {
    if (!rule.visit(scene)) {
      patches.cut(start, to);
      job.droppedItems++;
      return false;
    }
    if (!view.hasChanges) return true;
    patches.open(start, from);
  } else {
    patches.open(start, from);
    eachChild(
      view,
      (field) => field === eventsField,
      (child) => visitEvent(job, child),
    );
  }
  view.emit(patches);
  patches.close(number, to - from);
  return true;
}

function visitEvent(job: Job, { start, from, to, number }: Place): boolean {
  const { scene, rule, patches } = job;
  const { event } = scene;
  event.load(job.bytes, from, to);
  if (!rule.visit(scene)) {
    patches.cut(start, to);
    return false;
  }
  if (!event.hasChanges) return true;
  patches.open(start, from);
  event.emit(patches);
  patches.close(number, to - from);
  return true;
}

/** Visits the fields of a view that hold messages of the next level; returns how many stay. */
function eachChild(view: MessageView, isChild: (number: number) => boolean, visit: (place: Place) => boolean): number {
  let kept = 0;
  for (let at = 0; at < view.count; at++) {
    const number = view.numbers[at] as number;
    if (view.wireTypes[at] !== 2 || !isChild(number)) continue;
    const place = {
      number,
      start: view.starts[at] as number,
      from: view.froms[at] as number,
      to: view.ends[at] as number,
    };
    if (visit(place)) kept++;
  }
  return kept;
}

interface Finished extends Place {
  readonly view: MessageView;
  readonly isKept: boolean;
  /** How many items had gone before the visit. */
  readonly before: number;
  readonly kind: "resource" | "scope" | "metric";
}

function finish(job: Job, { number, start, from, to, view, isKept, before, kind }: Finished): boolean {
  const { patches } = job;
  if (isKept) {
    view.emit(patches);
    patches.close(number, to - from);
    return true;
  }
  patches.abandon();
  patches.cut(start, to);
  job.droppedItems = before + countItems(job.bytes, { from, to }, { kind, signal: job.signal });
  return false;
}
