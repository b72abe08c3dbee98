import type { Cluster, Inventory, Json, OidcProvider, Role } from '../../src/model/inventory.js';
import { NOTHING_INSIDE } from '../../src/model/sections.js';
import type { Workload } from '../../src/model/workload.js';
import { known, unknown, type Observed, type UnknownReason } from '../../src/model/observed.js';

/** One pod, with one container and the variables it has. */
interface PodOfCase {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
  readonly serviceAccountName: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly owner?: { readonly kind: string; readonly name: string };
  readonly os?: 'linux' | 'windows';
  /** A recognised error code in its state. */
  readonly error?: string;
  /** When it was made. */
  readonly made?: string;
  /** Which version of its owner's template it was made from. */
  readonly revision?: string;
  /** Its container takes more variables by `envFrom`. */
  readonly envFrom?: boolean;
}

/** One case file; see test/cases/FORMAT.md. Whatever is left out takes the healthy default. */
export interface Case {
  readonly id?: string;
  readonly account?: string;
  readonly region?: string;
  readonly partition?: string;
  readonly clusters?: readonly { readonly name: string; readonly region?: string; readonly issuer?: string | null; readonly status?: string; readonly unread?: UnknownReason }[];
  readonly providers?: readonly { readonly arn: string; readonly url?: string; readonly clientIds?: readonly string[]; readonly thumbprints?: readonly string[]; readonly unread?: UnknownReason }[];
  readonly roles?: readonly { readonly arn: string; readonly trustPolicy: Json; readonly attachedPolicies?: readonly string[]; readonly inlinePolicies?: Readonly<Record<string, Json>>; readonly lastUsed?: string; readonly permissionsBoundary?: string }[];
  readonly serviceAccounts?: readonly { readonly cluster: string; readonly namespace: string; readonly name: string; readonly annotations?: Readonly<Record<string, string>> }[];
  readonly namespaces?: readonly { readonly cluster: string; readonly name: string; readonly terminating?: boolean }[];
  readonly pods?: readonly PodOfCase[];
  readonly addons?: readonly { readonly cluster: string; readonly name: string; readonly status?: string; readonly role?: string; readonly configured?: boolean; readonly wants?: readonly (string | { readonly serviceAccount: string; readonly policies: readonly string[] })[]; readonly namespace?: string; readonly issues?: readonly { readonly code: string; readonly message: string }[] }[];
  readonly webhooks?: readonly { readonly cluster: string; readonly configuration: string; readonly name?: string; readonly hasCaBundle?: boolean }[];
  /** The daemon set of the Pod Identity agent: on how many nodes it should run, and is ready. */
  readonly agents?: readonly { readonly cluster: string; readonly desired: number; readonly ready: number }[];
  /** Clusters in Auto Mode. */
  readonly autoMode?: readonly string[];
  /** Null = not asked for; left out = none. */
  readonly podIdentityAssociations?: null | readonly { readonly cluster: string; readonly namespace: string; readonly serviceAccount: string; readonly roleArn: string; readonly disableSessionTags?: boolean; readonly sessionPolicy?: boolean; readonly targetRoleArn?: string; readonly externalId?: string; readonly ownerArn?: string; readonly id?: string }[];
  /** Managed node groups by the role of their nodes; null = not read. */
  readonly nodeGroups?: readonly { readonly cluster: string; readonly name: string; readonly role: string | null }[];
  /** Customer managed policies by ARN. */
  readonly managedPolicies?: Readonly<Record<string, Json>>;
  /** Sections that could not be read: `providers`, `roles`, or a region for its clusters. */
  readonly unread?: Readonly<Record<string, UnknownReason>>;
  readonly quotas?: { readonly trustPolicyLength: number | null; readonly roles: number | null };
  readonly expected?: readonly { readonly cause: string; readonly resource?: string; readonly why?: string }[];
}

export const COLLECTED_AT = '2026-11-01T06:00:00.000Z';

const orUnread = <T>(reason: UnknownReason | undefined, value: T): Observed<T> => (reason === undefined ? known(value) : unknown(reason, 'not read in this case'));

const WEBHOOK_MOUNT = '/var/run/secrets/eks.amazonaws.com/serviceaccount';

/** A pod that nothing owns; it has the token of the webhook where its variables name the file. */
function workloadOf({ namespace, name, serviceAccountName, env = {}, labels = {}, annotations = {}, owner, made, revision, envFrom = false, os = 'linux', error }: PodOfCase): Workload {
  const tokenFile = env['AWS_WEB_IDENTITY_TOKEN_FILE'] ?? null;
  return {
    namespace,
    owner: owner ?? { kind: 'Pod', name },
    ...(revision !== undefined && { revision }),
    serviceAccount: serviceAccountName,
    pods: 1,
    example: name,
    oldest: made ?? null,
    newest: made ?? null,
    os,
    fargate: labels['eks.amazonaws.com/fargate-profile'] !== undefined,
    hostNetwork: false,
    annotations,
    skipsWebhook: labels['eks.amazonaws.com/skip-pod-identity-webhook'] !== undefined,
    app: labels['app.kubernetes.io/name'] ?? labels['app'] ?? null,
    containers: [
      {
        name: 'app',
        init: false,
        variables: Object.keys(env).filter((variable) => variable.startsWith('AWS_')),
        roleArn: env['AWS_ROLE_ARN'] ?? null,
        tokenFile,
        region: env['AWS_REGION'] ?? null,
        credentialsUri: env['AWS_CONTAINER_CREDENTIALS_FULL_URI'] ?? null,
        tokens: tokenFile?.startsWith(WEBHOOK_MOUNT) === true ? [{ audience: 'sts.amazonaws.com', volume: 'aws-iam-token', mountPath: WEBHOOK_MOUNT }] : [],
        ...(envFrom && { hasEnvFrom: true as const }),
        error: error ?? null,
      },
    ],
  };
}

function agentOf({ agents }: Case, name: string): Cluster['podIdentityAgent'] {
  if (agents === undefined) return unknown('not-requested', 'Kubernetes was not asked for');
  const agent = agents.find(({ cluster }) => cluster === name);
  return known(agent === undefined ? null : { desired: agent.desired, ready: agent.ready });
}

/** The account that a case describes: one region unless told otherwise, every list complete, Kubernetes only where the case tells of it. */
export function inventoryOfCase(given: Case): Inventory {
  const account = given.account ?? '210987654321';
  const region = given.region ?? 'eu-west-1';
  const partition = given.partition ?? 'aws';
  const regions = [...new Set([region, ...(given.clusters ?? []).map((cluster) => cluster.region ?? region), ...Object.keys(given.unread ?? {}).filter((name) => /-\d$/.test(name))])].sort();
  const clustersOf = (name: string): Cluster[] =>
    (given.clusters ?? [])
      .filter((cluster) => (cluster.region ?? region) === name)
      .map((cluster) => ({
        name: cluster.name,
        region: name,
        arn: `arn:${partition}:eks:${name}:${account}:cluster/${cluster.name}`,
        detail: orUnread(cluster.unread, {
          status: cluster.status ?? 'ACTIVE',
          issuer: cluster.issuer ?? null,
          endpoint: null,
          certificateAuthority: null,
          endpointPublicAccess: null,
          createdAt: null,
          kubernetesVersion: null,
          autoMode: given.autoMode?.includes(cluster.name) ?? null,
          tags: {},
        }),
        ...NOTHING_INSIDE,
        serviceAccounts:
          given.serviceAccounts === undefined
            ? unknown('not-requested', 'Kubernetes was not asked for')
            : known(given.serviceAccounts.filter((one) => one.cluster === cluster.name).map(({ namespace, name: serviceAccount, annotations }) => ({ namespace, name: serviceAccount, annotations: annotations ?? {} }))),
        namespaces:
          given.namespaces === undefined
            ? unknown('not-requested', 'Kubernetes was not asked for')
            : known(given.namespaces.filter((one) => one.cluster === cluster.name).map(({ name: namespace, terminating = false }) => ({ name: namespace, terminating }))),
        addons:
          given.addons === undefined
            ? unknown('not-requested', 'Add-ons were not asked for')
            : known(
                given.addons
                  .filter((one) => one.cluster === cluster.name)
                  .map(({ name: addon, status = 'ACTIVE', issues = [], role = null, configured = false, wants = [], namespace = null }) => ({ name: addon, detail: known({ version: null, status, issues, serviceAccountRoleArn: role, namespace, configured }), wants: known(wants.map((one) => (typeof one === 'string' ? { serviceAccount: one, recommendedPolicyArns: [] } : { serviceAccount: one.serviceAccount, recommendedPolicyArns: one.policies }))) })),
              ),
        podIdentityAgent: agentOf(given, cluster.name),
        webhooks:
          given.webhooks === undefined
            ? unknown('not-requested', 'Kubernetes was not asked for')
            : known(given.webhooks.filter((one) => one.cluster === cluster.name).map(({ configuration, name: webhook = configuration, hasCaBundle = true }) => ({ configuration, name: webhook, hasCaBundle, failurePolicy: 'Ignore' }))),
        nodeGroups:
          given.nodeGroups === undefined
            ? unknown('not-requested', 'Node groups were not asked for')
            : known(given.nodeGroups.filter((one) => one.cluster === cluster.name).map(({ name: group, role }) => ({ name: group, roleArn: role === null ? unknown('denied', 'not read in this case') : known(role) }))),
        workloads: given.pods === undefined ? unknown('not-requested', 'Kubernetes was not asked for') : known(given.pods.filter((one) => one.cluster === cluster.name).map(workloadOf)),
        podIdentityAssociations:
          given.podIdentityAssociations === null
            ? unknown('not-requested', 'Pod Identity was not asked for')
            : known((given.podIdentityAssociations ?? []).filter((one) => one.cluster === cluster.name).map(({ namespace, serviceAccount, roleArn, disableSessionTags = false, targetRoleArn = null, externalId = null, ownerArn = null, sessionPolicy, id }) => ({ namespace, serviceAccount, roleArn, disableSessionTags, targetRoleArn, externalId, ownerArn, ...(sessionPolicy !== undefined && { sessionPolicy }), ...(id !== undefined && { id }) }))),
      }));
  const providers: OidcProvider[] = (given.providers ?? []).map(({ arn, url, clientIds, thumbprints, unread }) => ({
    arn,
    detail: orUnread(unread, { url: url ?? arn.split(':oidc-provider/')[1] ?? '', clientIds: clientIds ?? ['sts.amazonaws.com'], thumbprints: thumbprints ?? [], createdAt: null, tags: {} }),
  }));
  const roles: Role[] = (given.roles ?? []).map(({ arn, trustPolicy, attachedPolicies, inlinePolicies, lastUsed, permissionsBoundary }) => ({
    arn,
    name: arn.split('/').at(-1) ?? '',
    path: `/${arn.split(':role/')[1]?.split('/').slice(0, -1).map((part) => `${part}/`).join('') ?? ''}`,
    createdAt: null,
    trustPolicy,
    inlinePolicies: Object.entries(inlinePolicies ?? {}).map(([name, document]) => ({ name, document })),
    attachedPolicyArns: attachedPolicies ?? [],
    permissionsBoundaryArn: permissionsBoundary ?? null,
    tags: {},
    lastUsed: lastUsed === undefined ? null : { date: lastUsed, region },
  }));
  return {
    schemaVersion: 1,
    collectedAt: COLLECTED_AT,
    account,
    partition,
    requestedRegions: 'all',
    regionList: known(regions),
    regions: regions.map((name) => ({ region: name, clusters: orUnread(given.unread?.[name], clustersOf(name)) })),
    providers: orUnread(given.unread?.['providers'], providers),
    roles: orUnread(given.unread?.['roles'], roles),
    managedPolicies: known(Object.entries(given.managedPolicies ?? {}).map(([arn, document]) => ({ arn, document }))),
    quotas: known(given.quotas ?? { trustPolicyLength: 2048, roles: 1000 }),
    calls: {},
    notes: [],
  };
}
