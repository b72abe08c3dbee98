import { serviceAccountKey } from '../facts/account/service-account-key.js';
import { withManager } from '../facts/service-account/managed-by.js';
import { serviceAccountAt } from '../facts/account/service-accounts.js';
import { nearest } from '../lib/nearest.js';
import { atLeast, type Finding, type Fix } from '../model/report/finding.js';
import { seen } from '../model/inventory/observed.js';
import { SERVICE_ACCOUNT_PREFIX } from '../policy/language/claims.js';
import { requestWith } from '../policy/language/token.js';
import { accessPatch, meantIn, type Meant } from './repair/access-patch.js';
import type { Audit } from './audit.js';
import { commandsFor } from './repair/commands.js';
import { lengthAfter } from './repair/length-after.js';

/** Whom a person allows by name: one service account of one cluster, to one role. */
export interface AccessAsked {
  /** The ARN of the role. */
  readonly role: string;
  readonly region: string;
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** No patch allows what was asked for; the message says why, in a sentence. */
export class AccessRefusedError extends Error {
  override readonly name = 'AccessRefusedError';

  /** @param first the finding that has to be fixed before; null = none is known */
  constructor(
    message: string,
    readonly first: Finding | null = null,
  ) {
    super(message);
  }
}

/** Role and cluster as they were read. @throws AccessRefusedError */
function meantBy({ role: arn, region, cluster: name, ...who }: AccessAsked, { facts }: Audit): Meant {
  const role = facts.role(arn);
  if (role === null || role.serviceLinked) throw new AccessRefusedError(`The trust policy of ${arn} is not one that can be changed here.`);
  const cluster = facts.clusterNamed(region, name);
  const meant = cluster === null ? null : meantIn(role, `${SERVICE_ACCOUNT_PREFIX}${who.namespace}:${who.name}`, cluster.url, facts);
  if (meant === null) throw new AccessRefusedError(`The issuer of cluster ${name} in ${region} is not known: its details were not read.`);
  const provider = facts.providerOf(meant.token.url);
  if (provider === null ? !facts.inventory.providers.known : !provider.detail.known)
    throw new AccessRefusedError(`Whether STS knows tokens of cluster ${name} is not known: its IAM OIDC provider was not read.`);
  return meant;
}

/** Refuses what is no grant, or would be one on top of an open role. @throws AccessRefusedError */
function demandDenied({ role, token, who }: Meant, { facts, report }: Audit): void {
  const name = `role ${role.role.name}`;
  const open = report.findings.find(
    ({ kind, severity, subject }) => kind === 'exposure' && subject.id === role.role.arn && atLeast(severity, 'medium'),
  );
  const verdict = facts.admits(role, requestWith(token, facts.inventory));
  if (open !== undefined) {
    const state =
      verdict === 'allowed'
        ? `${who} is allowed already, by what opens ${name} to others too`
        : `More than those who are meant can assume ${name}`;
    throw new AccessRefusedError(`${state}: narrow its trust policy first.`, open);
  }
  if (verdict === 'allowed') throw new AccessRefusedError(`The trust policy of ${name} allows ${who} already.`);
  if (verdict === 'undecided')
    throw new AccessRefusedError(`Whether the trust policy of ${name} allows ${who} already, configuration cannot tell.`);
}

/** What else refuses its tokens, whatever the trust policy says. */
function providerRemark({ token: { url, audience }, who, cluster: { cluster } }: Meant, { facts }: Audit): string {
  const provider = facts.providerOf(url);
  if (provider === null)
    return ` Cluster ${cluster.name} has no IAM OIDC provider in this account: STS refuses its tokens until it is created.`;
  return !provider.detail.known || provider.detail.value.clientIds.includes(audience)
    ? ''
    : ` The IAM OIDC provider of cluster ${cluster.name} does not list the audience ${audience} of ${who}: STS refuses its tokens until it does.`;
}

/** What there is to know of the service account itself before it is allowed. */
function serviceAccountRemark({ cluster, who, role }: Meant): string {
  const { name, serviceAccounts } = cluster.cluster;
  const serviceAccount = serviceAccountAt(cluster, who);
  if (serviceAccount !== null) {
    const isUser = role.users.some((user) => user.cluster === cluster.cluster && user.serviceAccount === serviceAccount);
    return isUser ? '' : ' It is not annotated with this role.';
  }
  if (!serviceAccounts.known) return ` Service accounts of ${name} were not read: check the name.`;
  const names = seen(serviceAccounts).map((one) => serviceAccountKey(one.namespace, one.name));
  const near = nearest(who, names, 3);
  const hint = near === null ? '' : ` Did you mean ${near}?`;
  return ` There is no service account ${who} today: whoever may create it can assume the role then.${hint}`;
}

/**
 * The fix that allows one service account that a person names: a patch of the trust policy, proven as those of the audit are.
 * Nobody else is allowed by it, and nobody loses access. Pure.
 * @throws AccessRefusedError where there is no such patch
 */
export function accessFix(asked: AccessAsked, audit: Audit): Fix {
  const { facts, audited } = audit;
  const meant = meantBy(asked, audit);
  demandDenied(meant, audit);
  const { role, token, who } = meant;
  const found = accessPatch(meant, audited);
  const about = serviceAccountRemark(meant);
  if ('refused' in found) throw new AccessRefusedError(`${found.refused}${about}`);
  const { patch } = found;
  const remarks = [
    lengthAfter(patch, facts).remark,
    providerRemark(meant, audit),
    about,
    ` The command replaces the whole trust policy as it was read at ${facts.inventory.collectedAt}.`,
  ];
  return {
    summary: `Allow ${who} of cluster ${asked.cluster} to assume this role, and nobody else.${remarks.join('')}`,
    commands: commandsFor([patch], facts.inventory),
    patches: [withManager(patch, facts)],
    grants: [{ subject: token.subject, role: role.role.arn, administrative: role.administrative !== null }],
    verified: true,
  };
}
