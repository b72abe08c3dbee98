import * as z from 'zod';
import { list, nullableText, object, record, text, type Shape } from './shape.js';

/** What is kept of the pods of a cluster: how they get AWS credentials, and nothing else of their spec. Texts that are too long end in …. */

const mountedToken = {
  /** Null = the API server's own audience. */
  audience: nullableText,
  /** Name of the volume: the webhook's is `aws-iam-token`, the agent's `eks-pod-identity-token`. */
  volume: text,
  mountPath: text,
  /** Where the token lies below the mount; empty = the mount is the token itself. Absent where that is not known. */
  path: text.exactOptional(),
};
export interface MountedToken extends Shape<typeof mountedToken> {}

const container = {
  name: text,
  init: z.boolean(),
  /** Names of its variables that begin with `AWS_`, … in the place of those beyond two dozen; values of keys are never read. */
  variables: list(text),
  /** Values of these variables alone; null = not set, or set from elsewhere (`valueFrom`, `$(OTHER)`). */
  roleArn: nullableText,
  tokenFile: nullableText,
  region: nullableText,
  /** Scheme, host and path of `AWS_CONTAINER_CREDENTIALS_FULL_URI`: EKS Pod Identity where it names the agent's address. Empty = no address. */
  credentialsUri: nullableText,
  /** Value of `AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE`, by which the agent is asked; null as above, absent where that was not kept. */
  authorizationTokenFile: nullableText.exactOptional(),
  /** Projected service account tokens that are mounted into it. */
  tokens: list<MountedToken>(object(mountedToken)),
  /** Where volumes are mounted that anything may have written to, if a token file that it names lies below one; absent where none does. */
  writableMounts: list(text).exactOptional(),
  /** It takes more variables from elsewhere, which are not read. */
  hasEnvFrom: z.literal(true).exactOptional(),
  /** A proxy is between it and the Pod Identity agent, for all that its variables say; absent where none does. */
  proxied: z.enum(['yes', 'perhaps']).exactOptional(),
  /** A recognized error code in its state, such as `AccessDenied`; null where there is none. */
  error: nullableText,
};
/** How one container finds credentials. */
export interface ContainerIdentity extends Shape<typeof container> {}

const owner = {
  /** `Deployment`, `StatefulSet`, `CronJob`, `Job`, …; `Pod` where nothing owns it. */
  kind: text,
  name: text,
};
export interface Owner extends Shape<typeof owner> {}
const ofOwner: z.ZodType<Owner> = object(owner);

const workload = {
  namespace: text,
  owner: ofOwner,
  /** Which version of its owner's template they were made from; absent where no controller says. */
  revision: text.exactOptional(),
  serviceAccount: text,
  /** How many pods, finished ones and those being deleted left out. */
  pods: z.int().nonnegative(),
  /** One of them. */
  example: text,
  /** When the oldest and the newest of them were made; null where no pod says. */
  oldest: nullableText,
  newest: nullableText,
  os: z.enum(['linux', 'windows']),
  fargate: z.boolean(),
  hostNetwork: z.boolean(),
  /** Of the pod's annotations `eks.amazonaws.com/role-arn`, which belongs elsewhere, and `skip-containers`, which the webhook honors. */
  annotations: record(text),
  /** The label that keeps the webhook from looking at the pod. */
  skipsWebhook: z.boolean(),
  /** `app.kubernetes.io/name` or `app`; null where there is none. */
  app: nullableText,
  containers: list<ContainerIdentity>(object(container)),
};
/** Pods that are alike: one owner, one service account, one way to credentials. */
export interface Workload extends Shape<typeof workload> {}

/** One requirement of a selector of labels. */
const requirement = { key: text, operator: text, values: list(text) };
export interface LabelRequirement extends Shape<typeof requirement> {}

const namespace = {
  name: text,
  terminating: z.boolean(),
  /** Its labels that some webhook selects by; absent where none does, or they were not kept. */
  labels: record(text).exactOptional(),
};
export interface Namespace extends Shape<typeof namespace> {}

const webhook = {
  configuration: text,
  name: text,
  hasCaBundle: z.boolean(),
  failurePolicy: nullableText,
  /** The namespaces and the pods that it looks at, all requirements of which hold; absent = all, or not kept. */
  namespaceSelector: list<LabelRequirement>(object(requirement)).exactOptional(),
  objectSelector: list<LabelRequirement>(object(requirement)).exactOptional(),
};
/** A mutating webhook that looks at pods being made. */
export interface MutatingWebhook extends Shape<typeof webhook> {}

const agent = { desired: z.int(), ready: z.int() };
/** The daemon set of the Pod Identity agent. */
export interface PodIdentityAgent extends Shape<typeof agent> {}

const networkPolicy = {
  namespace: text,
  name: text,
  /** It selects every pod of its namespace; else some by labels, which are not kept. */
  selectsAll: z.boolean(),
  /** Whether a rule of it lets pods reach the agent of EKS Pod Identity; unknown = by what could not be read, such as a port by name. */
  allowsAgent: z.enum(['yes', 'no', 'unknown']),
};
/** A network policy about egress. */
export interface NetworkPolicy extends Shape<typeof networkPolicy> {}

export const workloads = list<Workload>(object(workload));
export const namespaces = list<Namespace>(object(namespace));
export const webhooks = list<MutatingWebhook>(object(webhook));
export const networkPolicies = list<NetworkPolicy>(object(networkPolicy));
/** Null = the cluster has no such daemon set. */
export const podIdentityAgent: z.ZodType<PodIdentityAgent | null> = object(agent).nullable();
