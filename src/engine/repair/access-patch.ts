import type { Facts, IssuingCluster, RoleFacts } from '../../facts/account/facts.js';
import { serviceAccountKey } from '../../facts/account/service-account-key.js';
import { serviceAccountAt } from '../../facts/account/service-accounts.js';
import { conditionsOn, type WebIdentityStatement } from '../../facts/statement/web-identity.js';
import { inWords } from '../../lib/list-in-words.js';
import { AUDIENCE_ANNOTATION, DEFAULT_AUDIENCE } from '../../model/inventory/annotations.js';
import type { Patch } from '../../model/report/finding.js';
import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { evaluateParsed } from '../../policy/language/evaluate.js';
import { parseTrustPolicy } from '../../policy/language/parse.js';
import { hasWildcard } from '../../policy/pattern/glob.js';
import { repairTrustPolicy, type TrustEdit } from '../../policy/edit/repair.js';
import { doorOf, requestWith, type Token } from '../../policy/language/token.js';
import { newlyAdmitted } from './newly-admitted.js';
import { lengthAfter } from './length-after.js';
import { prove, type Audited } from './verify.js';
import { refusedByIam } from './refused-by-iam.js';

/** One service account of one cluster that is to be allowed to assume one role. */
export interface Meant {
  readonly role: RoleFacts;
  readonly cluster: IssuingCluster;
  readonly token: Token;
  /** `namespace/name` */
  readonly who: string;
}

/** Who is meant by a subject of an issuer; null where no cluster here has it. */
export function meantIn(role: RoleFacts, subject: string, url: IssuerId, facts: Facts): Meant | null {
  const cluster = facts.clusterOf(url);
  if (cluster === null) return null;
  const [, , namespace = '', name = ''] = subject.split(':');
  const who = serviceAccountKey(namespace, name);
  const audience = serviceAccountAt(cluster, who)?.annotations[AUDIENCE_ANNOTATION] ?? DEFAULT_AUDIENCE;
  return { role, cluster, who, token: { url, audience, subject } };
}

/** Where service accounts of this issuer alone are named, and nothing else is said of a subject: one more can be named there. */
function namingEdits(statements: readonly WebIdentityStatement[], { url, subject }: Token): readonly TrustEdit[] {
  return statements.flatMap((one): TrustEdit[] => {
    const [condition, ...others] = conditionsOn(one, 'sub');
    const { principals } = one.statement;
    if (condition === undefined || others.length > 0 || principals.length !== 1 || one.issuers[0] !== url) return [];
    const values = condition.entry.values.map(({ value }) => value);
    const isNaming = condition.entry.operator === 'StringEquals' && condition.ownIssuer && !values.some(hasWildcard);
    return isNaming ? [{ kind: 'condition', path: condition.entry.path, values: [...values, subject] }] : [];
  });
}

/** A statement that allows exactly one service account. */
function statementFor({ url, audience, subject }: Token, { inventory }: Facts): TrustEdit {
  return {
    kind: 'add-statement',
    statement: {
      Effect: 'Allow',
      Principal: { Federated: doorOf(url, inventory).providerArn },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { StringEquals: { [`${url}:aud`]: audience, [`${url}:sub`]: subject } },
    },
  };
}

/** Why a patch is not the one; null where it allows this service account, nobody else, and proves to. */
function refusalOf(patch: Patch, { role, token, who }: Meant, audited: Audited): string | null {
  const { facts } = audited;
  const { verdict, statements } = evaluateParsed(parseTrustPolicy(patch.after), requestWith(token, facts.inventory));
  if (verdict !== 'allowed') {
    const deny = statements.filter(({ effect, outcome }) => effect === 'Deny' && outcome !== 'no').map(({ path }) => path);
    const by = deny.length === 0 ? 'another part of the trust policy' : `the Deny at ${inWords(deny)}`;
    return verdict === 'denied'
      ? `${who} would stay denied by ${by}: no Allow changes that.`
      : `Whether STS then allows ${who}, configuration cannot tell, because of ${by}.`;
  }
  const { fits, remark } = lengthAfter(patch, facts);
  if (!fits) return remark.trim();
  const refused = refusedByIam(patch, facts);
  if (refused !== null) return refused;
  // What is undecided of it is by another spelling of the issuer, which no token has: by this one it is decided above.
  const [only, ...others] = newlyAdmitted([patch], facts);
  if (others.length > 0 || only?.subject !== token.subject || only.role !== role.role.arn)
    return `No patch is known that allows ${who} and nobody else.`;
  return prove([], [patch], audited, { concerned: new Set(), narrows: false })
    ? null
    : `Re-evaluation does not confirm that nobody loses access and nothing else gets worse: fix what else is wrong of role ${role.role.name} first.`;
}

/**
 * The smallest patch of a trust policy that allows one service account, nobody else, and takes access from nobody, with the proof
 * that repairs have; else why there is none.
 */
export function accessPatch(meant: Meant, audited: Audited): { readonly patch: Patch } | { readonly refused: string } {
  const { role, token } = meant;
  const { arn, trustPolicy } = role.role;
  let refused = '';
  for (const edit of [...namingEdits(role.statements, token), statementFor(token, audited.facts)]) {
    const after = repairTrustPolicy(trustPolicy, [edit]);
    const patch: Patch = { resource: arn, region: null, kind: 'trust-policy', before: trustPolicy, after };
    const reason = refusalOf(patch, meant, audited);
    if (reason === null) return { patch };
    refused = reason;
  }
  return { refused };
}
