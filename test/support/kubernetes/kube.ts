import { randomUUID } from 'node:crypto';
import { describe } from '@jest/globals';
import {
  AuthorizationV1Api,
  CoreV1Api,
  KubeConfig,
  RbacAuthorizationV1Api,
  type V1Pod,
  type V1PolicyRule,
  type V1PodSpec,
  type V1ServiceAccount,
} from '@kubernetes/client-node';

/** What control-plane.ts tells of itself. */
export interface KubeControlPlane {
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  readonly adminToken: string;
  /** Of its service account tokens. */
  readonly issuer: string;
  readonly region: string;
  /** By which name tokens have to ask for it. */
  readonly cluster: string;
}

/** The control plane that global-setup.ts started for all test files; every test takes a namespace of its own. */
export function controlPlane(): KubeControlPlane {
  const told = process.env['KUBE_CONTROL_PLANE'];
  if (told === undefined) throw new Error(`This needs a Kubernetes API server. ${kubeMissing()}`);
  return JSON.parse(told) as KubeControlPlane;
}

/** `describe` where the API server runs; else the suite is shown as skipped with the reason, never passed. */
export function describeOnKube(title: string, suite: () => void): void {
  if (process.env['KUBE_CONTROL_PLANE'] === undefined) describe.skip(`${title} [not run: ${kubeMissing()}]`, suite);
  else describe(title, suite);
}

function kubeMissing(): string {
  return process.env['KUBE_UNAVAILABLE'] ?? 'test/support/global-setup.ts did not run.';
}

/** What the annotations of IRSA begin with. */
export const EKS = 'eks.amazonaws.com/';

/** A namespace of one's own, and short ways to fill it as its administrator. */
export class TestNamespace {
  readonly core: CoreV1Api;
  readonly rbac: RbacAuthorizationV1Api;
  private readonly authorization: AuthorizationV1Api;

  private constructor(
    readonly name: string,
    config: KubeConfig,
  ) {
    this.core = config.makeApiClient(CoreV1Api);
    this.authorization = config.makeApiClient(AuthorizationV1Api);
    this.rbac = config.makeApiClient(RbacAuthorizationV1Api);
  }

  static async make(name = `test-${randomUUID()}`): Promise<TestNamespace> {
    const { url, ca, adminToken } = controlPlane();
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'it', server: url, caData: Buffer.from(ca).toString('base64'), skipTLSVerify: false },
      { name: 'admin', token: adminToken },
    );
    const made = new TestNamespace(name, config);
    await made.core.createNamespace({ body: { metadata: { name } } });
    return made;
  }

  async serviceAccount(name: string, annotations: Readonly<Record<string, string>> = {}): Promise<V1ServiceAccount> {
    return this.core.createNamespacedServiceAccount({ namespace: this.name, body: { metadata: { name, annotations } } });
  }

  /** Annotates a service account that exists, and waits until the webhook knows: it watches, so it learns a little later. */
  async annotate(name: string, annotations: Readonly<Record<string, string>>): Promise<void> {
    const body = await this.core.readNamespacedServiceAccount({ namespace: this.name, name });
    await this.core.replaceNamespacedServiceAccount({
      namespace: this.name,
      name,
      body: { ...body, metadata: { ...body.metadata, annotations: { ...annotations } } },
    });
    for (let tries = 1; ; tries += 1) {
      const tried = await this.pod(`until-known-${tries}`, name);
      await this.core.deleteNamespacedPod({ namespace: this.name, name: `until-known-${tries}`, gracePeriodSeconds: 0 });
      if (tried.spec?.containers[0]?.env?.some(({ value }) => value === annotations[`${EKS}role-arn`]) === true) return;
      if (tries === 500) throw new Error(`The webhook never learned of the annotation of ${name}.`);
    }
  }

  async pod(
    name: string,
    serviceAccountName: string,
    { annotations = {}, labels = {}, ...spec }: Partial<V1PodSpec> & { annotations?: Tags; labels?: Tags } = {},
  ): Promise<V1Pod> {
    return this.core.createNamespacedPod({
      namespace: this.name,
      body: { metadata: { name, annotations, labels }, spec: { serviceAccountName, containers: [{ name: 'main', image: 'i' }], ...spec } },
    });
  }

  /** Nothing runs there: what a kubelet would say of a pod has to be said. */
  async phase(name: string, phase: 'Running' | 'Succeeded'): Promise<void> {
    const pod = await this.core.readNamespacedPod({ namespace: this.name, name });
    await this.core.replaceNamespacedPodStatus({ namespace: this.name, name, body: { ...pod, status: { phase } } });
  }

  running(name: string): Promise<void> {
    return this.phase(name, 'Running');
  }

  /** Whether RBAC lets a user do what the first resource and verb of a rule say. */
  async allowed(user: string, { apiGroups, resources, verbs, resourceNames }: V1PolicyRule): Promise<boolean> {
    const [resource = '', subresource] = (resources?.[0] ?? '').split('/');
    const resourceAttributes = {
      group: apiGroups?.[0] ?? '',
      resource,
      ...(subresource === undefined ? {} : { subresource }),
      verb: verbs[0] ?? '',
      ...(resourceNames === undefined ? {} : { name: resourceNames[0] ?? '', namespace: 'kube-system' }),
    };
    const { status } = await this.authorization.createSubjectAccessReview({ body: { spec: { user, resourceAttributes } } });
    return status?.allowed === true;
  }
}

type Tags = Record<string, string>;
