import { evaluateParsed } from '../src/policy/language/evaluate.js';
import { asIssuerId } from '../src/model/inventory/issuer-id.js';
import { providerArn } from '../src/policy/language/federated.js';
import { parseTrustPolicy } from '../src/policy/language/parse.js';
import { indexSubjects } from '../src/policy/subjects/subject-index.js';
import { admissionOf } from '../src/policy/subjects/subject-questions.js';
import { subjectSet } from '../src/policy/subjects/subject-set.js';
import { trustOf } from './defects.js';
import { atMost, median, told, type Figure } from './figures.js';
import { inOwnProcess } from './measured-process.js';
import { Random } from './random.js';
import { runtime } from './runtime.js';

const PARTITION = 'aws';
const ACCOUNT = '210987654321';
const AUDIENCE = 'sts.amazonaws.com';
const RUNS = 3;
const MOST_MS = 1_000;
/** The longest that a trust policy may be, filled with what makes naive matchers slow. */
const LONGEST_PATTERN = 2_048;
const ROLES = 5_000;
const SERVICE_ACCOUNTS = 100_000;
const ONE_PATTERN_IN = 20;

interface SetsMs {
  readonly setsMs: number;
  readonly membershipMs: number;
  readonly members: number;
}

const cpuMs = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

/**
 * The part that runs in a process of its own: a set for each role, and each service account of each cluster held against
 * the sets of its issuer. One role in twenty has a pattern.
 */
export function setsOnce(packed: number): void {
  const clusters = packed < 0 ? 1 : 50;
  const scale = Math.abs(packed);
  const random = new Random(7);
  const urls = Array.from({ length: clusters }, () => `oidc.eks.eu-west-1.amazonaws.com/id/${random.hex(32)}`);
  const accounts = Array.from({ length: SERVICE_ACCOUNTS * scale }, (_, index) => ({
    namespace: `team-${index % 997}`,
    name: `app-${index}`,
  }));
  const roles = Array.from({ length: ROLES * scale }, (_, index) => {
    const url = urls[index % clusters] ?? '';
    const { namespace, name } = random.oneOf(accounts);
    const pattern = index % ONE_PATTERN_IN === 3;
    const trust = trustOf([{ partition: PARTITION, account: ACCOUNT, url, namespace, name: pattern ? `${name}*` : name }]);
    const text = JSON.stringify(trust);
    return { url, policy: parseTrustPolicy(JSON.parse(pattern ? text.replace('StringEquals', 'StringLike') : text) as typeof trust) };
  });
  globalThis.gc?.();
  const start = cpuMs();
  const byUrl = new Map(urls.map((url) => [url, [] as { value: number; set: ReturnType<typeof subjectSet> }[]]));
  roles.forEach(({ url, policy }, value) => {
    byUrl.get(url)?.push({
      value,
      set: subjectSet(policy, {
        providerArn: providerArn(PARTITION, ACCOUNT, asIssuerId(url)),
        issuer: `https://${url}`,
        audience: AUDIENCE,
      }),
    });
  });
  const made = cpuMs();
  let members = 0;
  urls.forEach((url, cluster) => {
    const index = indexSubjects(byUrl.get(url) ?? []);
    for (let at = cluster; at < accounts.length; at += clusters) {
      const { namespace, name } = accounts[at] ?? { namespace: '', name: '' };
      members += index.find(`system:serviceaccount:${namespace}:${name}`).length;
    }
  });
  const figures: SetsMs = { setsMs: made - start, membershipMs: cpuMs() - made, members };
  process.send?.(figures);
}

async function sets(clusters: 1 | 50): Promise<readonly Figure[]> {
  const { node } = runtime();
  const figures: Figure[] = [];
  const totals = new Map<number, number>();
  for (const scale of [1, 2, 4]) {
    const runs: SetsMs[] = [];
    while (runs.length < RUNS) runs.push(await inOwnProcess<SetsMs>(node, 'sets-once', String(clusters === 1 ? -scale : scale)));
    const total = median(runs.map(({ setsMs, membershipMs }) => setsMs + membershipMs));
    totals.set(scale, total);
    const what = `CPU of sets, ${ROLES * scale} roles × ${SERVICE_ACCOUNTS * scale} service accounts, ${clusters} clusters`;
    figures.push(scale === 1 ? atMost(what, total, MOST_MS, 'ms') : told(what, `${total.toFixed(0)} ms`));
  }
  const growth = (totals.get(4) ?? Number.NaN) / (totals.get(1) ?? Number.NaN);
  return [...figures, told('  four times as much of both takes', `${growth.toFixed(1)} times as long`)];
}

function evaluations(): Figure {
  const url = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
  const policy = parseTrustPolicy(trustOf([{ partition: PARTITION, account: ACCOUNT, url, namespace: 'shop', name: 'cart' }]));
  const request = {
    providerArn: providerArn(PARTITION, ACCOUNT, asIssuerId(url)),
    issuer: `https://${url}`,
    audience: AUDIENCE,
    subject: 'system:serviceaccount:shop:cart',
  };
  const count = 200_000;
  const start = cpuMs();
  for (let done = 0; done < count; done += 1) evaluateParsed(policy, request);
  return told('evaluations of one policy a second of CPU', Math.round((count / (cpuMs() - start)) * 1000).toLocaleString('en'));
}

function hostilePatterns(): Figure {
  const url = 'oidc.eks.eu-west-1.amazonaws.com/id/4F7A95328C9446D45A451F35AEDE11E6';
  const slow = [`${'*a'.repeat(LONGEST_PATTERN / 2 - 1)}*b`, '?*'.repeat(LONGEST_PATTERN / 2), 'a*'.repeat(LONGEST_PATTERN / 2)];
  const policy = parseTrustPolicy({
    Version: '2012-10-17',
    Statement: slow.map((pattern) => ({
      Effect: 'Allow',
      Principal: { Federated: providerArn(PARTITION, ACCOUNT, asIssuerId(url)) },
      Action: 'sts:AssumeRoleWithWebIdentity',
      Condition: { 'StringLike': { [`${url}:sub`]: pattern }, 'ForAnyValue:StringLike': { [`${url}:sub`]: [...slow].reverse() } },
    })),
  });
  const door = { providerArn: providerArn(PARTITION, ACCOUNT, asIssuerId(url)), issuer: `https://${url}`, audience: AUDIENCE };
  const start = cpuMs();
  evaluateParsed(policy, { ...door, subject: 'a'.repeat(LONGEST_PATTERN) });
  admissionOf(subjectSet(policy, door));
  return atMost(
    `CPU of a policy of ${slow.length * 4} patterns of ${LONGEST_PATTERN} characters made to be slow`,
    cpuMs() - start,
    2 * MOST_MS,
    'ms',
  );
}

/** The policy engine by itself. */
export async function policyEngine(): Promise<readonly Figure[]> {
  return [evaluations(), ...(await sets(50)), ...(await sets(1)), hostilePatterns()];
}
