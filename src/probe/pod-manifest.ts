import { randomBytes } from 'node:crypto';

/** The AWS CLI 2.37.4, as AWS publishes it (public.ecr.aws/aws-cli/aws-cli), for every architecture. */
export const DEFAULT_IMAGE = 'public.ecr.aws/aws-cli/aws-cli@sha256:fdd8d1fcbea9c371678dee5a40df8b178c7a781b4586605756ee28114c97ead6';

const BY_DIGEST = /^[a-z0-9][\w.\-/:]*@sha256:[0-9a-f]{64}$/;

/** Whether an image is named by its digest: a tag may be another image tomorrow, and this one runs with a role. */
export const isByDigest = (image: string): boolean => BY_DIGEST.test(image);

export const PROBE_LABEL = 'irsa-auditor/probe';
export const CONTAINER = 'probe';

/** A name that no other pod has. */
export const nameOfPod = (): string => `irsa-auditor-probe-${randomBytes(4).toString('hex')}`;
/** Those names and no others: nothing in them means anything in an address. */
export const NAME_OF_POD = /^irsa-auditor-probe-[0-9a-f]{8}$/;

/** Nobody, who is in every image. */
const NOBODY = 65534;

/**
 * Says what the webhook gave, by names and addresses alone, and who STS says that one then is. The answer comes last: it
 * may have lines of its own. A kubelet keeps 4,096 bytes of it.
 */
const SCRIPT = `{
printf 'role=%s\\n' "$AWS_ROLE_ARN"
printf 'tokenFile=%s\\n' "$AWS_WEB_IDENTITY_TOKEN_FILE"
printf 'credentialsUri=%s\\n' "$AWS_CONTAINER_CREDENTIALS_FULL_URI"
printf 'keys=%s\\n' "\${AWS_ACCESS_KEY_ID:+set}"
answer=$(aws sts get-caller-identity --region "$PROBE_REGION" --query Arn --output text 2>&1)
printf 'status=%s\\n' "$?"
printf 'answer=%.2000s' "$answer"
} > /dev/termination-log`;

export interface PodOptions {
  readonly name: string;
  readonly serviceAccount: string;
  readonly image: string;
  /** Whose STS is asked. */
  readonly region: string;
  /** After which the kubelet ends it. */
  readonly seconds: number;
}

/** A pod that says who it is and ends: as little as the restricted Pod Security Standard of Kubernetes allows. */
export function podManifest({ name, serviceAccount, image, region, seconds }: PodOptions): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, labels: { [PROBE_LABEL]: 'true', 'app.kubernetes.io/managed-by': 'irsa-auditor' } },
    spec: {
      serviceAccountName: serviceAccount,
      // The webhook mounts a token of its own; that for the API server is not needed.
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      restartPolicy: 'Never',
      // Kubernetes takes whole ones.
      activeDeadlineSeconds: Math.ceil(seconds),
      terminationGracePeriodSeconds: 0,
      nodeSelector: { 'kubernetes.io/os': 'linux' },
      securityContext: { runAsNonRoot: true, runAsUser: NOBODY, runAsGroup: NOBODY, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: CONTAINER,
          image,
          command: ['/bin/sh', '-c', SCRIPT],
          env: [
            { name: 'HOME', value: '/tmp' },
            { name: 'PROBE_REGION', value: region },
          ],
          resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } },
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
          terminationMessagePolicy: 'File',
          volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
        },
      ],
      volumes: [{ name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } }],
    },
  };
}
