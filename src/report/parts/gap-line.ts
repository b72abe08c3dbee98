import { groupBy } from '../../lib/group-by.js';
import { inert } from '../../lib/escape-text.js';
import { listed } from '../../lib/list-in-words.js';
import { isByOrganization } from '../../model/inventory/observed.js';
import type { Report, Unread } from '../../model/report/report.js';
import { FAMILY_SECTIONS } from '../../model/contract/sections.js';
import { firstFitting } from '../layout/fit-line.js';
import { openGaps } from './problems.js';

const REASON: Readonly<Record<Unread['reason'], string>> = {
  'denied': 'access denied',
  'throttled': 'throttled',
  'unreachable': 'unreachable',
  'disabled-region': 'region disabled',
  'failed': 'request failed',
  'out-of-time': 'timed out',
  'not-requested': 'not requested',
  'malformed': 'unexpected response',
};

function reasonOf(gap: Unread): string {
  if (isByOrganization(gap)) return 'denied by SCP';
  return gap.reason === 'denied' && gap.what.startsWith('kubernetes:') ? 'RBAC' : REASON[gap.reason];
}

/** The nouns of reads that no family of rules stands for. */
const NOUNS: Readonly<Record<string, string>> = {
  'iam:GetAccountAuthorizationDetails': 'roles',
  'iam:ListOpenIDConnectProviders': 'OIDC providers',
  'iam:GetOpenIDConnectProvider': 'OIDC providers',
  'account:ListRegions': 'the list of regions',
  'iam:GetAccountSummary': 'quotas',
  'judge:Rules': 'rules',
};

/** What was not scanned, as people name it: `eu-central-1`, `pods of us-east-1/edge`, `roles`. */
function placeOf({ what, scope }: Unread): string {
  if (what === 'eks:ListClusters') return scope;
  if (what === 'eks:DescribeCluster') return `cluster ${scope}`;
  const noun = FAMILY_SECTIONS.find(({ read }) => read === what)?.family.words ?? NOUNS[what] ?? what;
  return scope === 'account' ? noun : `${noun} of ${scope}`;
}

/** `eu-central-1 (denied by SCP), pods of us-east-1/edge (denied by RBAC)`, with so many of each reason. */
function gapsBy(groups: ReadonlyMap<string, readonly string[]>, most: number): string {
  return [...groups]
    .map(([reason, places]) => (most === 0 ? `${places.length} ${reason}` : `${listed(places, most)} (${reason})`))
    .join(', ');
}

/** What a report, or the answer to a question, was not told. */
type Unanswered = Pick<Report, 'complete' | 'rules'> & { readonly coverage: Pick<Report['coverage'], 'unread'> };

/** All that was not scanned in one line, by reason; null where nothing is missing. @param hint how to see each of it */
export function gapLine(report: Unanswered, columns: number, hint = '  [-v]'): string | null {
  if (report.complete) return null;
  const places = openGaps(report).map((gap) => ({ reason: reasonOf(gap), place: inert(placeOf(gap)) }));
  const groups = new Map(
    [...groupBy(places, ({ reason }) => reason)].map(([reason, some]) => [reason, [...new Set(some.map(({ place }) => place))]] as const),
  );
  const crashed = report.rules.filter((rule) => rule.crashed !== null).map(({ id }) => inert(id));
  const defects = crashed.length === 0 ? '' : `${groups.size > 0 ? ', ' : ''}${listed(crashed, 1)} (internal error)`;
  return firstFitting(
    [Number.MAX_SAFE_INTEGER, 5, 3, 2, 1, 0].map((most) => `Partial scan: ${gapsBy(groups, most)}${defects}${hint}`),
    columns,
  );
}
