import { passesWithoutKey } from '../../src/facts/statement/condition-semantics.js';
import { readCondition } from '../../src/facts/statement/web-identity.js';
import { atLeast, type Finding } from '../../src/model/report/finding.js';
import type { Json } from '../../src/model/inventory/inventory.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { evaluateTrust } from '../../src/policy/language/evaluate.js';
import { parseTrustPolicy } from '../../src/policy/language/parse.js';
import { coversTrustAction } from '../../src/policy/actions/pod-identity.js';
import { repairTrustPolicy, type TrustEdit } from '../../src/policy/edit/repair.js';
import { inventoryOfCase } from '../cases/inventory-of-case.js';
import { RULES } from '../../src/rules/index.js';
import { KEYS_OF_OTHERS, ROLE, type Party, type Together } from './made-up-together.js';

/** Whoever is admitted without a token, as `kind value action`: no condition on claims may keep them out. */
function admittedWithoutToken(document: Json): readonly string[] {
  const { statements } = parseTrustPolicy(document);
  const speaks = (effect: 'Allow' | 'Deny') =>
    statements
      .filter((one) => one.effect === effect && one.conditions.every((entry) => passesWithoutKey(readCondition(entry, []))))
      .flatMap((one) =>
        one.principals
          .filter(({ kind, value }) => kind !== 'Federated' || value.includes(':saml-provider/'))
          .flatMap(({ kind, value }) =>
            ['sts:AssumeRole', 'sts:TagSession', 'sts:AssumeRoleWithSAML']
              .filter((action) => coversTrustAction(one, action))
              .map((action) => `${kind} ${value} ${action}`),
          ),
      );
  const denied = new Set(speaks('Deny'));
  return speaks('Allow').filter((one) => !denied.has(one));
}

/** The tokens of an issuer that a policy does not deny. */
const admittedOf = ({ url, principal, subjects, audiences }: Party, document: Json): readonly string[] =>
  subjects.flatMap((subject) =>
    audiences.flatMap((audience) =>
      evaluateTrust(document, { providerArn: principal, issuer: `https://${url}`, audience, subject }).verdict === 'denied'
        ? []
        : [`${url} ${audience} ${subject}`],
    ),
  );

/** Who is admitted before a change and denied after it, but for the tokens of issuers whose own exposure is to be narrowed. */
function lostBy(before: Json, after: Json, parties: readonly Party[], narrowed: ReadonlySet<string>): readonly string[] {
  const admitted = (document: Json): readonly string[] => [
    ...parties.filter(({ url }) => !narrowed.has(url)).flatMap((party) => admittedOf(party, document)),
    ...admittedWithoutToken(document),
  ];
  const then = new Set(admitted(after));
  return admitted(before).filter((one) => !then.has(one));
}

/** The issuers of which a finding says that too many of theirs get in, or that they should be limited: their tokens may lose. */
function narrowedIn({ kind, message, evidence, fix }: Finding, parties: readonly Party[]): readonly string[] {
  if (kind === 'break') return [];
  const text = JSON.stringify([message, evidence.map(({ path, expected }) => [path, expected]), fix?.summary]);
  return parties.filter(({ url }) => text.includes(url)).map(({ url }) => url);
}

/** The same of all findings that share a patch. */
const narrowedBy = (patch: Json, findings: readonly Finding[], parties: readonly Party[]): ReadonlySet<string> =>
  new Set(
    findings
      .filter(({ fix }) => fix?.patches.some(({ after }) => JSON.stringify(after) === JSON.stringify(patch)) === true)
      .flatMap((one) => narrowedIn(one, parties)),
  );

const ADDS = /^Add (?:StringEquals|a condition) on (\S+)(?: with (.+?))?[.;]? /;

const KEEPS = /^Keep one condition on (\S+), /;

/** A document with one condition on a key in the place of those that are told, which takes whatever any of them names. */
function withOne(document: Json, key: string, evidence: Finding['evidence']): Json | null {
  const statement = /^\$\.Statement\[(\d+)\]/.exec(evidence[0]?.path ?? '')?.[1];
  if (statement === undefined) return null;
  const values = evidence.flatMap(({ found }) => (Array.isArray(found) ? found.map(String) : []));
  const gone = evidence.flatMap(({ path }): TrustEdit[] => (path === null ? [] : [{ kind: 'remove-condition', path }]));
  return repairTrustPolicy(document, [
    ...gone,
    { kind: 'add-condition', statement: Number(statement), operator: 'StringLike', key, values },
  ]);
}

/** A document changed as written advice asks: a condition that is added or kept; null where it asks for none. */
function asAdvised(document: Json, { evidence, fix }: Finding): Json | null {
  const [, kept] = KEEPS.exec(fix?.summary ?? '') ?? [];
  if (kept !== undefined) return withOne(document, kept, evidence);
  const [, key, values] = ADDS.exec(`${fix?.summary ?? ''} `) ?? [];
  const statement = /^\$\.Statement\[(\d+)\]/.exec(evidence[0]?.path ?? '')?.[1];
  if (key === undefined || statement === undefined) return null;
  const named = (values ?? '').split(/, | and /).filter((value) => value.startsWith('system:'));
  const condition = named.length > 0 ? { operator: 'StringEquals', values: named } : { operator: 'StringLike', values: ['*'] };
  return repairTrustPolicy(document, [{ kind: 'add-condition', statement: Number(statement), key, ...condition }]);
}

/** Ready commands and written advice by which somebody loses who is admitted today. */
export function losing({ given, document, parties }: Together): readonly string[] {
  const { findings } = auditInventory(inventoryOfCase(given));
  return findings.flatMap((finding) => {
    const { rule, fix, subject } = finding;
    if (fix === null || subject.id !== ROLE) return [];
    const ready = (fix.commands.length > 0 ? fix.patches : []).flatMap(({ kind, before, after }) =>
      kind === 'trust-policy' ? lostBy(before, after, parties, narrowedBy(after, findings, parties)) : [],
    );
    const advised = asAdvised(document, finding);
    const lost = advised === null ? [] : lostBy(document, advised, parties, new Set(narrowedIn(finding, parties)));
    return [...ready.map((one) => `${rule} command: ${one}`), ...lost.map((one) => `${rule} advice: ${one}`)];
  });
}

const BREAKS = new Set(RULES.filter(({ kind }) => kind === 'break').map(({ id }) => id));

/** The document as a call meets it that has none of the keys of others: under this key no request has anything. */
const asUnsigned = (document: Json): Json =>
  JSON.parse(KEYS_OF_OTHERS.reduce((text, key) => text.replaceAll(`"${key}"`, `"saml:none:${key}"`), JSON.stringify(document))) as Json;

/** The document as a call meets it that has them all, as they are wanted. */
function asWanted(document: Json): Json {
  const { statements } = parseTrustPolicy(document);
  const isOfOthers = ({ key }: { readonly key: string }): boolean => KEYS_OF_OTHERS.some((one) => one === key);
  return repairTrustPolicy(
    document,
    statements.flatMap(({ effect, index, conditions }): readonly TrustEdit[] => {
      const found = conditions.filter(isOfOthers);
      if (effect === 'Deny' && found.length > 0) return [{ kind: 'remove-statement', statement: index }];
      return found.map(({ path }) => ({ kind: 'remove-condition', path }));
    }),
  );
}

/** Service accounts that carry the role, are denied for want of a key that their calls do not have, and of which the audit tells no break. */
export function deniedUntold({ given, document, parties }: Together): readonly string[] {
  const breaks = auditInventory(inventoryOfCase(given)).findings.filter(
    ({ rule, severity, subject }) => BREAKS.has(rule) && subject.id === ROLE && atLeast(severity, 'medium'),
  );
  return (given.serviceAccounts ?? []).flatMap(({ cluster, namespace, name }) => {
    const issuer = given.clusters?.find((one) => one.name === cluster)?.issuer ?? '';
    const party = parties.find(({ url }) => issuer === `https://${url}`);
    if (party === undefined || breaks.length > 0) return [];
    const subject = `system:serviceaccount:${namespace}:${name}`;
    const request = { providerArn: party.principal, issuer, audience: 'sts.amazonaws.com', subject };
    const [wanted, unsigned] = [asWanted(document), asUnsigned(document)].map((one) => evaluateTrust(one, request).verdict);
    return wanted === 'allowed' && unsigned === 'denied' ? [`${cluster} ${subject}`] : [];
  });
}
