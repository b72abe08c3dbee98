import { SKIP_LABEL } from '../../model/inventory/annotations.js';
import type { ClusterHas } from '../../model/contract/has.js';
import { seen, unanswered } from '../../model/inventory/observed.js';
import type { MutatingWebhook, LabelRequirement, Workload } from '../../model/inventory/workload.js';
import { all, any, type Tristate } from '../../policy/language/tristate.js';

/** As AWS's manifest calls configuration and webhook; charts of others keep one of the two. */
const OF_POD_IDENTITY = /pod-identity-webhook|iam-for-pods/;

/** The webhooks of a cluster that give pods their role, as far as read. */
export const podIdentityWebhooks = ({ webhooks }: ClusterHas<'webhooks'>): readonly MutatingWebhook[] =>
  seen(webhooks).filter(({ configuration, name }) => OF_POD_IDENTITY.test(configuration) || OF_POD_IDENTITY.test(name));

/** A label as far as it is known: absent, there with a value or with some value, or null = not known. */
type Label = { readonly is: 'absent' } | { readonly is: 'there'; readonly value: string | null } | null;

/** How Kubernetes selects by labels ("Labels and Selectors", LabelSelectorRequirement). */
function meets({ operator, values }: LabelRequirement, label: Label): Tristate {
  if (label === null) return 'undecided';
  const isThere = label.is === 'there';
  const isAmong = (): Tristate => (!isThere ? 'no' : label.value === null ? 'undecided' : values.includes(label.value) ? 'yes' : 'no');
  switch (operator) {
    case 'Exists':
      return isThere ? 'yes' : 'no';
    case 'DoesNotExist':
      return isThere ? 'no' : 'yes';
    case 'In':
      return isAmong();
    case 'NotIn': {
      const among = isAmong();
      return among === 'undecided' ? among : among === 'yes' ? 'no' : 'yes';
    }
    default:
      return 'undecided';
  }
}

/** The label that the API server puts on every namespace: its name (Kubernetes, "Well-Known Labels"). */
const NAME_OF_NAMESPACE = 'kubernetes.io/metadata.name';

function labelOfNamespace({ namespaces }: ClusterHas<'namespaces'>, namespace: string, key: string): Label {
  if (key === NAME_OF_NAMESPACE) return { is: 'there', value: namespace };
  const labels = seen(namespaces).find(({ name }) => name === namespace)?.labels;
  if (labels === undefined) return null;
  return Object.hasOwn(labels, key) ? { is: 'there', value: labels[key] ?? null } : { is: 'absent' };
}

/** Of the labels of pods only the one that keeps the webhook away is kept. */
const labelOfPod = ({ skipsWebhook }: Workload, key: string): Label =>
  key !== SKIP_LABEL ? null : skipsWebhook ? { is: 'there', value: null } : { is: 'absent' };

/** What keeps a webhook from pods that are made now, by its selectors. */
function selected(webhook: MutatingWebhook, cluster: ClusterHas<'namespaces'>, workload: Workload): Tristate {
  const { namespaceSelector = [], objectSelector = [] } = webhook;
  return all([
    ...namespaceSelector.map((one) => meets(one, labelOfNamespace(cluster, workload.namespace, one.key))),
    ...objectSelector.map((one) => meets(one, labelOfPod(workload, one.key))),
  ]);
}

/**
 * Whether some webhook gives pods like these their role when they are made now: no where none that was read is reached by the API
 * server, or all leave these out by their selectors. Where nobody asked for webhooks, that of EKS is taken to: it selects nothing.
 */
export function looksAtPods(cluster: ClusterHas<'webhooks' | 'namespaces'>, workload: Workload): Tristate {
  const { webhooks } = cluster;
  if (!webhooks.known) return unanswered(webhooks) === null ? 'yes' : 'undecided';
  return any(
    podIdentityWebhooks(cluster)
      .filter(({ hasCaBundle }) => hasCaBundle)
      .map((one) => selected(one, cluster, workload)),
  );
}

/** The selectors that keep pods out, as a sentence has them: `namespaceSelector iam In on`. */
export function selectorsInWords(cluster: ClusterHas<'webhooks' | 'namespaces'>, workload: Workload): string {
  const written = ({ key, operator, values }: LabelRequirement): string =>
    [key, operator, ...(values.length === 0 ? [] : [values.join(', ')])].join(' ');
  return podIdentityWebhooks(cluster)
    .map(({ configuration, namespaceSelector = [], objectSelector = [] }) => {
      const ofNamespace = namespaceSelector.filter((one) => meets(one, labelOfNamespace(cluster, workload.namespace, one.key)) === 'no');
      const ofPod = objectSelector.filter((one) => meets(one, labelOfPod(workload, one.key)) === 'no');
      const parts = [
        ...(ofNamespace.length === 0 ? [] : [`namespaceSelector ${ofNamespace.map(written).join(' and ')}`]),
        ...(ofPod.length === 0 ? [] : [`objectSelector ${ofPod.map(written).join(' and ')}`]),
      ];
      return `${parts.join(' and ')} of ${configuration}`;
    })
    .join(' and ');
}
