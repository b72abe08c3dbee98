/** A role as the ARN of a session names it: without its path. */
export interface SessionCaller {
  readonly account: string;
  readonly role: string;
  readonly session: string;
}

export interface MentionedCluster {
  readonly name: string;
  readonly region: string | null;
}

export interface MentionedAccount {
  readonly namespace: string;
  readonly name: string;
}

/** What a text names, or whoever asks. */
export interface Mentions {
  /** ARNs. */
  readonly roles: readonly string[];
  readonly callers: readonly SessionCaller[];
  readonly users: readonly string[];
  /** Without `https://`. */
  readonly issuers: readonly string[];
  readonly audiences: readonly string[];
  readonly serviceAccounts: readonly MentionedAccount[];
  readonly clusters: readonly MentionedCluster[];
  readonly pods: readonly { readonly namespace: string | null; readonly name: string }[];
}

/** The first of each, by what makes it that one. */
function each<T>(things: Iterable<T>): readonly T[] {
  const seen = new Map([...things].map((thing) => [JSON.stringify(thing), thing]));
  return [...seen.values()];
}

/** The groups of a match; one of a branch that did not match is undefined. */
type Groups = readonly (string | undefined)[];

const all = (text: string, pattern: RegExp): readonly Groups[] => [...text.matchAll(pattern)].map(([, ...groups]) => groups);

/** A full stop, a comma or a slash behind a name belongs to the sentence. */
const bare = (name: string): string => name.replace(/[.,/]+$/, '');

const ROLE = /(arn:aws[\w-]{0,20}:iam::\d{12}:role\/[\w+=,.@/-]{1,512})/g;
const CALLER = /arn:aws[\w-]{0,20}:sts::(\d{12}):assumed-role\/([\w+=,.@-]{1,64})\/([\w+=,.@-]{1,64})/g;
const USER = /(arn:aws[\w-]{0,20}:iam::\d{12}:user\/[\w+=,.@/-]{1,512})/g;
const PROVIDER = /arn:aws[\w-]{0,20}:iam::\d{12}:oidc-provider\/([\w./-]{1,255})/g;
const ISSUER =
  /(?:provider found in your account for |"iss":\s?")https:\/\/([\w./-]{1,255})|https:\/\/((?:oidc\.eks|oidc-eks)\.[\w.-]{1,100}\/id\/[\w-]{1,64})/g;
const AUDIENCE = /oidc-provider\/[\w./-]{1,255}:([^\s":]{1,255}):system:serviceaccount:/g;
const SUBJECT = /system:serviceaccount:([a-z0-9-]{1,63}):([a-z0-9.-]{1,253})/g;
const LOOKED_UP = /looking up service account ([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})/g;
const CLUSTER_ARN = /arn:aws[\w-]{0,20}:eks:([a-z0-9-]{1,30}):\d{12}:cluster\/([\w-]{1,100})/g;
const CLUSTER_KEY = /"(?:cluster-name|clusterName|eks-cluster-name)":\s?"([\w-]{1,100})"/g;
const POD_KEY =
  /"(?:namespace|kubernetes-namespace)":\s?"([a-z0-9-]{1,63})"[^\n]{0,200}?"(?:pod|kubernetes-pod-name)":\s?"([a-z0-9.-]{1,253})"/g;
const POD_PATH = /\bpods? ([a-z0-9-]{1,63})\/([a-z0-9.-]{1,253})/g;

const serviceAccount = ([namespace = '', name = '']: Groups): MentionedAccount => ({ namespace, name: bare(name) });
const cluster = (name: string, region: string | null): MentionedCluster => ({ name, region });

/** Whatever a text names that an account may know. */
export function mentionsIn(text: string): Mentions {
  const issuers = [...all(text, PROVIDER), ...all(text, ISSUER)].map((groups) => bare(groups.find((one) => one !== undefined) ?? ''));
  return {
    roles: each(all(text, ROLE).map(([arn = '']) => bare(arn))),
    callers: each(all(text, CALLER).map(([account = '', role = '', session = '']) => ({ account, role, session }))),
    users: each(all(text, USER).map(([arn = '']) => bare(arn))),
    issuers: each(issuers),
    audiences: each(all(text, AUDIENCE).map(([audience = '']) => audience)),
    serviceAccounts: each([...all(text, SUBJECT), ...all(text, LOOKED_UP)].map(serviceAccount)),
    clusters: each([
      ...all(text, CLUSTER_ARN).map(([region = '', name = '']) => cluster(name, region)),
      ...all(text, CLUSTER_KEY).map(([name = '']) => cluster(name, null)),
    ]),
    pods: each([...all(text, POD_KEY), ...all(text, POD_PATH)].map(([namespace = '', name = '']) => ({ namespace, name: bare(name) }))),
  };
}

/** What whoever asks names besides. */
export interface AskedOf {
  /** `NAME` or `REGION/NAME`. */
  readonly cluster?: string | undefined;
  readonly namespace?: string | undefined;
  readonly serviceAccount?: string | undefined;
  readonly pod?: string | undefined;
  /** An ARN. */
  readonly role?: string | undefined;
}

/** Both together: what is asked of is named as if it stood in the text. */
export function withAsked(mentions: Mentions, { cluster: named = '', namespace, serviceAccount: name, pod, role }: AskedOf): Mentions {
  const [, region = null, clusterName] = /^(?:([^/]+)\/)?(.+)$/.exec(named) ?? [];
  return {
    ...mentions,
    roles: role === undefined ? mentions.roles : [role],
    clusters: clusterName === undefined ? mentions.clusters : [cluster(clusterName, region)],
    serviceAccounts: name === undefined ? mentions.serviceAccounts : [{ namespace: namespace ?? 'default', name }],
    pods: pod === undefined ? mentions.pods : [{ namespace: namespace ?? 'default', name: pod }],
  };
}
