import { collect } from '../src/collect/collect.js';
import type { AwsPort } from '../src/collect/reading/ports.js';
import { OverwrittenError } from '../src/deliver/bucket-error.js';
import type { Bucket } from '../src/deliver/bucket.js';
import { BUCKET_KEYS } from '../src/deliver/names.js';
import { asError, messageOf } from '../src/lib/error-in-words.js';
import type { Inventory } from '../src/model/inventory/inventory.js';
import { seen } from '../src/model/inventory/observed.js';
import type { Report } from '../src/model/report/report.js';
import { withDefaults, type Settings } from '../src/model/report/settings.js';
import type { State } from '../src/model/report/state.js';
import { auditSince, listRules, type AuditedSince } from '../src/pipeline/pipeline.js';
import { objectLink } from '../src/report/parts/console-links.js';
import type { Notification } from '../src/report/mail/notification.js';
import { countsOf, openGaps, problemsOf, type Counts } from '../src/report/parts/problems.js';
import { isNews } from '../src/report/parts/select-problems.js';
import type { Deployed } from './environment.js';
import { isCurrent, keepAside, ofAccount, recall, remember } from './memory.js';

/**
 * What one event has told. A run that was overtaken after it told begins again, and so does the second try of Lambda, often in
 * the environment of the first: neither says again what was said.
 */
export interface ToldByEvent {
  /** The memory as it is in the heads of the subscribers; null = nothing was told yet. */
  state: State | null;
}

/** What one invocation touches of the world. */
export interface Ports {
  readonly aws: AwsPort;
  readonly bucket: Bucket;
  readonly publish: (topicArn: string, notification: Notification) => Promise<string>;
  /** How many subscriptions of a topic are confirmed; null = that could not be read. */
  readonly subscribers: (topicArn: string) => Promise<number | null>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly remainingMs: () => number;
  readonly requestId: string;
  /** What this event has told so far, which the run fills in. */
  readonly told: ToldByEvent;
  /** Gets the report before it is published, so that a failed delivery loses nothing. */
  readonly record: (report: Report, settings: Settings) => void;
  /** Something that a person should know and that ends nothing. */
  readonly warn: (message: string) => void;
}

/** What the invocation answers with. */
export interface InvocationResult {
  readonly account: string;
  readonly complete: boolean;
  /** Problems that are there, told now or before. */
  readonly counts: Counts;
  readonly unread: number;
  /** Id of the SNS message; null = there was nothing to tell. */
  readonly published: string | null;
  /** False where nobody is subscribed: what was to be told is told again by the next run. */
  readonly remembered: boolean;
  readonly report: string;
}

/** Kept back from the time of the function for rules, report and delivery; a run that is out of time still tells what it has. */
const RESERVE_MS = 30_000;

/** Of that, kept back for the report and its delivery: judging ends before, with what it has. */
const FOR_TELLING = 1 / 3;

const reserveOf = (remainingMs: number): number => Math.min(RESERVE_MS, remainingMs / 2);

/** The settings in the bucket on top of those of the deployment. @throws SettingsFileError naming key and line */
async function settingsOf(deployed: Deployed, { bucket, warn }: Ports): Promise<Settings> {
  const stored = await bucket.get(BUCKET_KEYS.settings);
  if (stored === null) return withDefaults(deployed.settings);
  // What reads YAML is loaded only where there is some.
  const { parseSettings } = await import('../src/settings/settings-file.js');
  const rules = listRules().map(({ id }) => id);
  const { settings, warnings } = parseSettings(stored.text, `s3://${deployed.bucket}/${BUCKET_KEYS.settings}`, rules);
  for (const warning of warnings) warn(`${BUCKET_KEYS.settings}: ${warning}`);
  return withDefaults(deployed.settings, settings);
}

/** Under what a run's reports lie, by its time. */
function keyOf({ generatedAt: at }: Report, requestId: string): string {
  return `${BUCKET_KEYS.reports}${at.slice(0, 10)}/${at.slice(11, 19).replace(/:/g, '')}-${requestId}`;
}

/** Puts the report into the bucket, by its time and as the latest. @returns the error where that failed: telling comes first */
async function store(report: Report, bucket: Bucket, dated: string): Promise<Error | null> {
  // Once there is a report, not at the start.
  const { stored } = await import('../src/report/stored.js');
  const [json, text] = stored(report);
  const types = { json: 'application/json', text: 'text/plain; charset=utf-8' };
  try {
    await bucket.put(`${dated}.json`, json, { contentType: types.json });
    await bucket.put(`${dated}.txt`, text, { contentType: types.text });
    await bucket.put(BUCKET_KEYS.latestJson, json, { contentType: types.json });
    await bucket.put(BUCKET_KEYS.latestText, text, { contentType: types.text });
    return null;
  } catch (error) {
    return asError(error);
  }
}

/** Less time than this is left to Lambda's own end: the page, which nobody waits for, is left out. */
const FOR_PAGE_MS = 20_000;

/** An audit of 10,000 roles takes 370 of the function's 512 MB; the page of more than these is left to the command line. */
const MOST_ROLES_ON_PAGE = 5_000;

/** Why there is no page; null where there is. */
function withoutPage({ roles }: Inventory, remainingMs: number): string | null {
  if (seen(roles).length > MOST_ROLES_ON_PAGE)
    return `An account of more than ${MOST_ROLES_ON_PAGE} roles gets no ${BUCKET_KEYS.latestHtml} from the function: irsa-auditor audit --format html makes it.`;
  return remainingMs < FOR_PAGE_MS
    ? `There was no time left for ${BUCKET_KEYS.latestHtml}: the page there is that of an earlier run.`
    : null;
}

/** Puts the page into the bucket once everything is told and remembered. What goes wrong with it ends nothing. */
async function storePageToo(report: Report, inventory: Inventory, dated: string, { bucket, remainingMs, warn }: Ports): Promise<void> {
  const why = withoutPage(inventory, remainingMs());
  if (why !== null) {
    warn(why);
    return;
  }
  try {
    const { storePage } = await import('./store-page.js');
    await storePage(report, inventory, bucket, dated);
  } catch (error) {
    warn(`${BUCKET_KEYS.latestHtml} was not written, and the page there is that of an earlier run: ${messageOf(error)}`);
  }
}

/** Where a person finds the whole report, in words and as a page of the console. */
function whereIs(
  { partition }: Report,
  key: string,
  {
    deployed: { bucket, region, logGroup },
    ports,
    isStored,
  }: { readonly deployed: Deployed; readonly ports: Ports; readonly isStored: boolean },
): { readonly whereReport: string; readonly reportLink: string | null } {
  if (!isStored) return { whereReport: `log group ${logGroup}, request ${ports.requestId}; or run: irsa-auditor audit`, reportLink: null };
  return {
    whereReport: `s3://${bucket}/${BUCKET_KEYS.latestText}; or run: irsa-auditor report --bucket ${bucket}`,
    reportLink: region === null ? null : objectLink(partition, { bucket, key, region }),
  };
}

/** Whether this event has told all that there is to tell, whatever the memory says that is written by other runs too. */
function toldAlready({ state }: ToldByEvent, { beside }: AuditedSince, settings: Settings): boolean {
  if (state === null) return false;
  const { report, news } = beside(state);
  return !isNews(report, news, settings.notifyAt, false);
}

/** When reading ends, and how many milliseconds are kept back for what comes after it. */
interface Time {
  readonly deadline: number;
  readonly reserve: number;
}

/** One reading of memory and account. Null = another run was faster, so that this one's comparison is out of date. */
async function auditOnce(deployed: Deployed, ports: Ports, { deadline, reserve }: Time): Promise<InvocationResult | null> {
  const { bucket, warn } = ports;
  const startedAt = new Date(ports.now()).toISOString();
  const [settings, stored] = await Promise.all([settingsOf(deployed, ports), recall(bucket, startedAt)]);
  // Loaded only where it is asked for: it is larger than all the rest.
  const kubernetes = deployed.kubernetes ? (await import('../src/collect/kubernetes/over-https.js')).overHttps : undefined;
  const inventory = await collect(ports.aws, { regions: settings.regions, now: ports.now, startedAt, deadline, kubernetes });
  const now = new Date(ports.now()).toISOString();
  const memory = ofAccount(stored, inventory.account);
  const stillTime = (): boolean => ports.remainingMs() > reserve * FOR_TELLING;
  const audited = auditSince(memory.state, inventory, settings, { now, setAside: memory.unusable, stillTime });
  const { report, news, next } = audited;
  if (!(await isCurrent(bucket, memory))) return null;
  if (memory.unusable !== null) {
    const key = await keepAside(bucket, memory, now);
    warn(`The memory in ${BUCKET_KEYS.state} cannot be used: ${memory.unusable}. It is kept as ${key}, and this is told as a first run.`);
  }
  ports.record(report, settings);
  const key = keyOf(report, ports.requestId);
  const notStored = await store(report, bucket, key);
  const telling = {
    threshold: settings.notifyAt,
    whenClean: settings.notifyWhenClean,
    docsBaseUrl: settings.docsBaseUrl,
    ...whereIs(report, `${key}.txt`, { deployed, ports, isStored: notStored === null }),
  };
  const { notificationOf } = await import('../src/report/mail/notification.js');
  const notification = toldAlready(ports.told, audited, settings) ? null : notificationOf(report, news, telling);
  const heard = notification === null || (await ports.subscribers(deployed.topicArn)) !== 0;
  // Published anyway: AWS/SNS then shows a message that was delivered to nobody.
  const published = notification === null ? null : await ports.publish(deployed.topicArn, notification);
  if (notification !== null && heard) ports.told.state = next;
  if (!heard)
    warn(
      `nobody is subscribed to ${deployed.topicArn}, so nobody was told: the next run tells it again. Follow the link in the email of SNS, or subscribe.`,
    );
  else if (!(await remember(bucket, next, memory))) return null;
  if (notStored !== null) throw notStored;
  await storePageToo(report, inventory, key, ports);
  return {
    account: report.account,
    complete: report.complete,
    counts: countsOf(problemsOf(report)),
    unread: openGaps(report).length,
    published,
    remembered: heard,
    report: `s3://${deployed.bucket}/${BUCKET_KEYS.latestJson}`,
  };
}

/** Two runs at once are rare, three in a row that each lose are a sign of something else. */
const ATTEMPTS = 3;

/**
 * Reads memory and account, audits, tells what is new, and then remembers that it was told. A run that another has overtaken
 * begins again, and says nothing twice. What is told is told at least once: where it cannot be remembered, a later run tells it
 * again. Rejects, and so fails the invocation, where the account cannot be named, the message was not taken, or the
 * memory could not be read or written.
 */
export async function runAudit(deployed: Deployed, ports: Ports): Promise<InvocationResult> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const remaining = ports.remainingMs();
    const reserve = reserveOf(remaining);
    const outcome = await auditOnce(deployed, ports, { deadline: ports.now() + remaining - reserve, reserve });
    if (outcome !== null) return outcome;
    ports.warn(`Another run has written ${BUCKET_KEYS.state} meanwhile: memory and account are read again.`);
  }
  throw new OverwrittenError(
    `Other runs have written ${BUCKET_KEYS.state} in s3://${deployed.bucket} ${ATTEMPTS} times while this one read the account. See that one schedule alone runs the function.`,
  );
}
