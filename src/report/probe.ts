import pc from 'picocolors';
import type { Probe } from '../model/probe.js';
import { inert, inertJson } from './inert.js';
import { Page } from './page.js';
import type { TextOptions } from './text.js';

const DEFAULT_WIDTH = 80;

const EXPECTED = {
  admitted: 'the audit says that it works',
  refused: 'the audit says that it does not',
  undecided: 'configuration alone could not tell',
} as const;

/** What differs from an audit is news about the audit, or of something that it cannot see. */
const DIFFERENT =
  'The audit expected the opposite. Something that it does not read decides here (a resource control policy, a change of some seconds ago, which IAM has not spread yet), or it is wrong: try again in a minute, and if it stays so, report it with the output of `why --format json`.';

/** The outcome of a probe for a terminal. */
export function renderProbe({ chain, roleArn, claims, expected, outcome, asExpected }: Probe, { color, width }: TextOptions): string {
  const paint = pc.createColors(color);
  const page = new Page(width ?? DEFAULT_WIDTH);
  const { namespace, serviceAccount, cluster, region } = chain.target;
  page.text(paint.bold(inert(`${namespace}/${serviceAccount} in cluster ${cluster}, ${region}, with a token of its own`)));
  page.blank();
  const facts = { issuer: claims.iss, subject: claims.sub, audience: claims.aud.join(', '), role: roleArn };
  for (const [name, value] of Object.entries(facts)) page.verbatim(`${name.padEnd(8)}  ${inert(value)}`, 2);
  page.blank();
  if (outcome.kind === 'admitted') page.verbatim(`${paint.green('works')}  It is then ${inert(outcome.arn)}`, 0);
  else page.text(`${paint.red('REFUSED')}  ${inert(outcome.error)}`);
  page.text(asExpected === false ? paint.yellow(DIFFERENT) : `As to configuration: ${EXPECTED[expected]}.`);
  const broken = chain.links.find(({ state }) => state === 'broken');
  if (outcome.kind === 'refused' && broken !== undefined)
    page.text(`First link that does not hold: ${inert(broken.link)}. ${inert(broken.says)} \`why\` has the repair.`);
  if (outcome.kind === 'admitted' && broken !== undefined)
    page.text(paint.yellow(`Its pods may still go without: ${inert(broken.link)}. ${inert(broken.says)}`));
  return page.toString();
}

/** The same as JSON, inert. */
export function renderProbeJson({ chain, ...probe }: Probe): string {
  return `${inertJson(JSON.stringify({ schemaVersion: 1, account: chain.account, target: chain.target, ...probe }, null, 2))}\n`;
}
