import type { Addon, AddonDetail, AddonPermissions } from '../../model/inventory/inventory.js';

/** Where AWS's own add-ons run, where EKS does not say: it names their service accounts, and only lately their namespaces. */
const NAMESPACE_OF: Readonly<Record<string, string>> = {
  'vpc-cni': 'kube-system',
  'aws-ebs-csi-driver': 'kube-system',
  'aws-efs-csi-driver': 'kube-system',
  'aws-fsx-csi-driver': 'kube-system',
  'aws-mountpoint-s3-csi-driver': 'kube-system',
  'amazon-cloudwatch-observability': 'amazon-cloudwatch',
};

/** An add-on as installed, with the service accounts that it runs as and that want permissions. */
export interface AddonServiceAccounts {
  readonly name: string;
  readonly detail: AddonDetail;
  readonly namespace: string;
  readonly wants: readonly AddonPermissions[];
}

/** null where the add-on wants nothing, or it is not known as whom it runs: values of one's own may rename its service account. */
export function addonServiceAccounts({ name, detail, wants }: Addon): AddonServiceAccounts | null {
  if (!detail.known || !wants.known || wants.value.length === 0 || detail.value.configured) return null;
  const namespace = detail.value.namespace ?? NAMESPACE_OF[name];
  return namespace === undefined ? null : { name, detail: detail.value, namespace, wants: wants.value };
}
