import type { IssuerId } from '../../model/inventory/issuer-id.js';
import { mayBeAssociated } from '../../facts/account/may-be-associated.js';
import {
  containersByHand,
  errorOf,
  isGivenByWebhook,
  judgedByHand,
  type JudgedByHand,
  type RefusedBy,
  type RoleGiver,
} from '../../facts/pod/role-by-hand.js';
import { asksForSome } from '../../facts/pod/pods-named.js';
import { hasIdentity, setsKeys } from '../../facts/pod/running-pods.js';
import { tokenRead } from '../../facts/account/pods-by-hand.js';
import { ROLE_ANNOTATION } from '../../model/inventory/annotations.js';
import type { ChainLink, ChainTarget } from '../../model/report/chain.js';
import { STS_INVALID_ARN } from '../../model/report/sts-errors.js';
import { unanswered } from '../../model/inventory/observed.js';
import type { Workload } from '../../model/inventory/workload.js';
import { broken, ok, undecided, type Found } from './chain-link.js';
import { asked, inWords } from './chain-pod.js';
import { trustLinks } from './chain-trust.js';
import { permissions, providerAudienceLink, providerLink, roleLink, type Followed } from './chain-way.js';
import { requestWith } from '../../policy/language/token.js';

/** Pods with a container that assumes a role by its own variables. */
interface Hand {
  readonly workload: Workload;
  readonly judged: JudgedByHand;
  /** Whether it is not known that it is the pod that is asked about. */
  readonly isUnsure: boolean;
}

const WORST_FIRST = ['refused', 'undecided', 'admitted'] as const;

/** What gives the service account that is asked about a role; null = nothing. */
export type Giver = { readonly by: 'association' } | { readonly by: 'annotation'; readonly role: string } | null;

/**
 * Whether all that pods have of an identity is a role and a token which come before what their service account is given: their own, or
 * under an association the webhook's too, which SDKs take before the agent
 * (https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html).
 */
const goesByItself =
  (giver: RoleGiver | null) =>
  (workload: Workload): boolean => {
    const own = containersByHand(workload, giver);
    return own.length > 0 && workload.containers.every((one) => own.some((hand) => hand === one) || !(hasIdentity(one) || setsKeys(one)));
  };

/** What pods take before what their service account is given: the webhook's too, of a pod that is there; its next one may get other things. */
function beforeGiven(giver: Giver, { pod }: ChainTarget): RoleGiver | null {
  if (giver === null || (giver.by === 'association' && pod !== null)) return null;
  return { annotated: giver.by === 'annotation' ? giver.role : null };
}

/**
 * What the pods of a service account take by their own variables; the worst of them. Null where none does, and of pods whose service
 * account is given a role, where none of them is asked about or they take what that gives them.
 */
export function handOf({ facts, cluster, target }: Followed, url: IssuerId, giver: Giver): Hand | null {
  if (giver !== null && !asksForSome(target)) return null;
  const before = beforeGiven(giver, target);
  const worstOf = (workload: Workload): JudgedByHand | null => judgedByHand(workload, before, url, facts)[0] ?? null;
  const isRight = (workload: Workload): boolean => worstOf(workload)?.state !== 'refused';
  const workloads = asked({ cluster, readAt: facts.inventory.collectedAt }, target, isRight);
  if (giver !== null && !workloads.every(goesByItself(before))) return null;
  const asAssociated = mayBeAssociated(cluster, { namespace: target.namespace, name: target.serviceAccount }, facts);
  const mayBe = giver === null ? (asAssociated ?? unanswered(cluster.podIdentityAssociations)) : null;
  const all = workloads.flatMap((workload) => {
    const judged = worstOf(workload);
    // Where associations were not read, what the webhook gave may be left over from before one.
    const isDoubtful = judged !== null && isGivenByWebhook(workload, judged.container) && mayBe !== null;
    return judged === null || isDoubtful ? [] : [{ workload, judged }];
  });
  const worst = WORST_FIRST.flatMap((state) => all.find(({ judged }) => judged.state === state) ?? [])[0];
  if (worst === undefined) return null;
  const differ = workloads.some((one) => worstOf(one)?.state !== worst.judged.state);
  return { ...worst, isUnsure: target.pod !== null && differ };
}

/** What their service account is given, which they do not take. */
function givenLink(giver: Giver): ChainLink {
  if (giver === null) return { link: 'annotation', ...ok(`It has no annotation ${ROLE_ANNOTATION}; its pods name a role themselves.`) };
  return giver.by === 'annotation'
    ? { link: 'annotation', ...ok(`${ROLE_ANNOTATION} is ${JSON.stringify(giver.role)}; the pod names a role itself.`) }
    : {
        link: 'association',
        ...ok('A Pod Identity association gives its next pods a role; this one has one by web identity, which SDKs take before that.'),
      };
}

function tokenLink({ judged: { container, audience, refusals }, workload, isUnsure }: Hand): Found {
  const reads = `The container ${container.name} of ${inWords(workload)} reads its token from ${container.tokenFile}`;
  if (isUnsure)
    return undecided(
      `The pods of ${workload.owner.kind} ${workload.owner.name} differ, and which of them it is was not kept: ask the cluster itself.`,
    );
  if (refusals.includes('file')) return broken(`${reads}, where no projected token for an audience is mounted.`);
  if (tokenRead(container) === 'written')
    return undecided(`${reads}, in a volume that anything may write to: whose token it is, nothing shows.`);
  return audience === null ? undecided(`${reads}; for which audience it is, was not read.`) : ok(`${reads}, for the audience ${audience}.`);
}

/** The way of pods that name their role themselves, link by link: their variables, role, token, provider, trust, permissions. */
export function linksByHand(followed: Followed, hand: Hand, giver: Giver, url: IssuerId): readonly ChainLink[] {
  const { facts, target } = followed;
  const { container, audience, refusals } = hand.judged;
  const role = facts.role(container.roleArn);
  const subject = `system:serviceaccount:${target.namespace}:${target.serviceAccount}`;
  const sets = isGivenByWebhook(hand.workload, container) ? 'has for AWS_ROLE_ARN' : 'sets AWS_ROLE_ARN to';
  const names = `The container ${container.name} of ${inWords(hand.workload)} ${sets} ${container.roleArn}`;
  const head: readonly ChainLink[] = [
    givenLink(giver),
    {
      link: 'role',
      ...(refusals.includes('arn')
        ? broken(`${names}, which is no ARN of a role of this partition.`, STS_INVALID_ARN)
        : roleLink(container.roleArn, followed, role)),
    },
  ];
  // Of another account, or of none: STS looks for the provider in the account of the role.
  if (role === null) return head;
  const token: readonly ChainLink[] = [...head, { link: 'pod', ...tokenLink(hand) }];
  if (audience === null || hand.isUnsure) return token;
  return [
    ...token,
    { link: 'provider', ...providerLink(followed, url) },
    { link: 'audience of the provider', ...providerAudienceLink(followed, url, audience) },
    ...trustLinks(role.policy, requestWith({ url, audience, subject }, facts.inventory)),
    ...permissions(followed, role),
  ];
}

const SAYS: Readonly<Record<RefusedBy, string>> = {
  arn: 'which is no ARN of a role of this partition',
  role: 'which does not exist',
  file: 'with a token file where no projected token for an audience is mounted',
  provider: 'and the account has no provider of its issuer',
  audience: 'with a token for an audience that the provider does not list',
  trust: 'which does not allow it',
};

/** What becomes of pods whose containers name a role themselves, beside that of their service account; null where none does. */
export function byHandLink(workload: Workload, giver: RoleGiver, { facts }: Pick<Followed, 'facts'>, url: IssuerId): Found | null {
  const [worst] = judgedByHand(workload, giver, url, facts);
  if (worst === undefined) return null;
  const { container, refusals, state } = worst;
  const says = `The container ${container.name} of ${inWords(workload)} names the role ${container.roleArn} itself`;
  const [first] = refusals;
  if (first !== undefined) return broken(`${says}, ${SAYS[first]}.`, errorOf(first, url));
  return state === 'admitted' ? ok(`${says}, which allows it.`) : undecided(`${says}, and whether that allows it cannot be told.`);
}
