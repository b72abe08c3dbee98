import pc from 'picocolors';
import type { PodProbe, Probe } from '../../model/report/probe.js';
import { inert, inertJson } from '../../lib/escape-text.js';
import { TextPage } from '../layout/terminal-layout.js';
import { standingAlone } from '../layout/paragraph.js';
import type { Paint } from '../layout/paint.js';
import type { TextOptions } from './text.js';

const EXPECTED = {
  admitted: 'the audit says that it works',
  refused: 'the audit says that it does not',
  undecided: 'configuration alone could not tell',
} as const;

/** What differs from an audit is news about the audit, or of something that it cannot see. */
const DIFFERENT =
  'The audit expected the opposite. Something that it does not read decides here (a resource control policy, a change of some seconds ago, which IAM has not spread yet), or it is wrong: try again in a minute, and if it stays so, report it with the output of `why --format json`.';

/** What configuration said, and which link would break it. */
function besideConfiguration(page: TextPage, { chain, expected, outcome, asExpected }: Probe | PodProbe, paint: Paint): void {
  page.text(asExpected === false ? paint.magenta(DIFFERENT) : `As to configuration: ${EXPECTED[expected]}.`);
  const broken = chain.links.find(({ state }) => state === 'broken');
  if (broken === undefined) return;
  if (outcome.kind === 'admitted') {
    const what = asExpected === false ? 'What it took for broken' : 'Its pods may still go without';
    page.text(paint.magenta(`${what}: ${inert(broken.link)}. ${inert(broken.says)}`));
  } else page.text(`First link that does not hold: ${inert(broken.link)}. ${inert(broken.says)} \`why\` has the repair.`);
}

/** The outcome of a probe for a terminal. */
export function renderProbe(probe: Probe, { color, width }: TextOptions): string {
  const { chain, roleArn, claims, outcome } = probe;
  const paint = pc.createColors(color);
  const page = new TextPage(width);
  const { namespace, serviceAccount, cluster, region } = chain.target;
  page.text(paint.bold(standingAlone(inert(`${namespace}/${serviceAccount} in cluster ${cluster}, ${region}, with a token of its own`))));
  page.blank();
  const facts = { issuer: claims.iss, subject: claims.sub, audience: claims.aud.join(', '), role: roleArn };
  for (const [name, value] of Object.entries(facts)) page.verbatim(`${name.padEnd(8)}  ${inert(value)}`, 2);
  page.blank();
  if (outcome.kind === 'admitted') page.verbatim(`${paint.green('works')}  It is then ${inert(outcome.arn)}`, 0);
  else page.text(`${paint.red('REFUSED')}  ${inert(outcome.error)}`);
  besideConfiguration(page, probe, paint);
  return page.toString();
}

const NOTHING_GIVEN =
  'The webhook gave the pod nothing: whoever the pod is, it is by the node or by its image. Pods that are made now go without: see whether the webhook is registered and answers (`audit --kubernetes`).';
const SWEPT_UNREAD = 'Whether earlier probes left pods behind is not known: listing pods is refused.';

/** The same of a probe in a pod. */
export function renderPodProbe(probe: PodProbe, { color, width }: TextOptions): string {
  const { chain, roleArn, given, outcome, pod, swept } = probe;
  const paint = pc.createColors(color);
  const page = new TextPage(width);
  const { namespace, serviceAccount, cluster, region } = chain.target;
  page.text(
    paint.bold(standingAlone(inert(`${namespace}/${serviceAccount} in cluster ${cluster}, ${region}, in the pod ${pod}, which is gone`))),
  );
  page.blank();
  const facts = {
    meant: roleArn,
    AWS_ROLE_ARN: given.roleArn,
    AWS_WEB_IDENTITY_TOKEN_FILE: given.tokenFile,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: given.credentialsUri,
    ...(given.hasKeys ? { AWS_ACCESS_KEY_ID: 'is set, and comes before all of these' } : {}),
  };
  for (const [name, value] of Object.entries(facts)) page.verbatim(`${name.padEnd(34)}  ${value === null ? '-' : inert(value)}`, 2);
  page.blank();
  if (outcome.kind === 'admitted') page.verbatim(`${paint.green('works')}  It is then ${inert(outcome.arn)}`, 0);
  else if (outcome.kind === 'refused') page.text(`${paint.red('REFUSED')}  ${inert(outcome.error)}`);
  else page.text(`${paint.red('ANOTHER')}  It is ${inert(outcome.arn)}, and not the role that was meant.`);
  if (given.roleArn === null && given.credentialsUri === null) page.text(NOTHING_GIVEN);
  besideConfiguration(page, probe, paint);
  if (swept === null) page.text(SWEPT_UNREAD);
  else if (swept > 0)
    page.text(
      `${swept === 1 ? 'A pod' : `${swept} pods`} of earlier probes that had been cut short ${swept === 1 ? 'was' : 'were'} removed.`,
    );
  return page.toString();
}

/** The same as JSON, inert. */
export function renderProbeJson({ chain, ...probe }: Probe | PodProbe): string {
  return `${inertJson(JSON.stringify({ schemaVersion: 1, account: chain.account, target: chain.target, ...probe }, null, 2))}\n`;
}
