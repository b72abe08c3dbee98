/** What is kept of the pods of a cluster: how they get AWS credentials, and nothing else of their spec. Texts that are too long end in …. */

/** Pods that are alike: one owner, one service account, one way to credentials. */
export interface Workload {
  readonly namespace: string;
  readonly owner: Owner;
  /** Which version of its owner's template they were made from; absent where no controller says. */
  readonly revision?: string;
  readonly serviceAccount: string;
  /** How many pods, finished ones and those being deleted left out. */
  readonly pods: number;
  /** One of them. */
  readonly example: string;
  /** When the oldest and the newest of them were made; null where no pod says. */
  readonly oldest: string | null;
  readonly newest: string | null;
  readonly os: 'linux' | 'windows';
  readonly fargate: boolean;
  readonly hostNetwork: boolean;
  /** Of the pod's annotations `eks.amazonaws.com/role-arn`, which belongs elsewhere, and `skip-containers`, which the webhook honors. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The label that keeps the webhook from looking at the pod. */
  readonly skipsWebhook: boolean;
  /** `app.kubernetes.io/name` or `app`; null where there is none. */
  readonly app: string | null;
  readonly containers: readonly ContainerIdentity[];
}

export interface Owner {
  /** `Deployment`, `StatefulSet`, `CronJob`, `Job`, …; `Pod` where nothing owns it. */
  readonly kind: string;
  readonly name: string;
}

/** How one container finds credentials. */
export interface ContainerIdentity {
  readonly name: string;
  readonly init: boolean;
  /** Names of its variables that begin with `AWS_`, … in the place of those beyond two dozen; values of keys are never read. */
  readonly variables: readonly string[];
  /** Values of these variables alone; null = not set, or set from elsewhere (`valueFrom`, `$(OTHER)`). */
  readonly roleArn: string | null;
  readonly tokenFile: string | null;
  readonly region: string | null;
  /** Scheme, host and path of `AWS_CONTAINER_CREDENTIALS_FULL_URI`: EKS Pod Identity where it names the agent's address. Empty = no address. */
  readonly credentialsUri: string | null;
  /** Projected service account tokens that are mounted into it. */
  readonly tokens: readonly MountedToken[];
  /** It takes more variables from elsewhere, which are not read. */
  readonly hasEnvFrom?: true;
  /** A recognised error code in its state, such as `AccessDenied`; null where there is none. */
  readonly error: string | null;
}

export interface MountedToken {
  /** Null = the API server's own audience. */
  readonly audience: string | null;
  /** Name of the volume: the webhook's is `aws-iam-token`, the agent's `eks-pod-identity-token`. */
  readonly volume: string;
  readonly mountPath: string;
}

export interface Namespace {
  readonly name: string;
  readonly terminating: boolean;
}

/** A mutating webhook that looks at pods being made. */
export interface MutatingWebhook {
  readonly configuration: string;
  readonly name: string;
  readonly hasCaBundle: boolean;
  readonly failurePolicy: string | null;
}

/** The daemon set of the Pod Identity agent. */
export interface PodIdentityAgent {
  readonly desired: number;
  readonly ready: number;
}
