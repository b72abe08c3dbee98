/** What makes and changes an object: whatever is changed beside it, it undoes, or does not know of. */
export const MANAGING_TOOLS = ['cloudformation', 'terraform', 'cdk', 'eksctl', 'helm', 'argocd', 'flux'] as const;
export type ManagingTool = (typeof MANAGING_TOOLS)[number];

/** By which tool an object is managed, as its tags or labels say: whoever may write these may say anything. */
export interface Manager {
  readonly tool: ManagingTool;
  /** The stack, release or application; null = not said. */
  readonly name: string | null;
}

type Texts = Readonly<Record<string, string>>;

/** AWS CloudFormation User Guide, "Resource tag"; no stack lacks it, and nobody else can set a tag that begins with `aws:`. */
const STACK = 'aws:cloudformation:stack-name';
/** eksctl tags its stacks, and they what is in them (`pkg/apis/eksctl.io/v1alpha5` of its source). */
const EKSCTL = ['alpha.eksctl.io/iamserviceaccount-name', 'alpha.eksctl.io/cluster-name'] as const;
/** What people call the tag for it: no tool sets one by itself. */
const BY_HABIT = /^(?:terraform|opentofu|cdk|managed[-_ ]?by|provisioned[-_ ]?by)$/i;
const HABITS: readonly (readonly [RegExp, ManagingTool])[] = [
  [/^(?:hashicorp )?terraform$|^opentofu$/i, 'terraform'],
  [/^(?:aws[- ])?cdk$/i, 'cdk'],
  [/^cloudformation$/i, 'cloudformation'],
  [/^eksctl$/i, 'eksctl'],
];

/** The tool that somebody wrote into a tag: its name as value, or as key of what is said to be true. */
function byHabit(key: string, value: string): ManagingTool | null {
  if (!BY_HABIT.test(key)) return null;
  const said = /^(?:true|yes|1)$/i.test(value) ? key : value;
  return HABITS.find(([pattern]) => pattern.test(said))?.[1] ?? null;
}

/** Whether a tag of an AWS object says what manages it: of other tags nothing is kept. */
export const isManagerTag = (key: string, value: string): boolean =>
  key === STACK || EKSCTL.some((one) => one === key) || byHabit(key, value) !== null;

/** What manages an AWS object, by its tags. */
export function managerByTags(tags: Texts): Manager | null {
  const eksctl = EKSCTL.find((key) => tags[key] !== undefined);
  if (eksctl !== undefined) return { tool: 'eksctl', name: tags[eksctl] ?? null };
  const stack = tags[STACK];
  if (stack !== undefined) return { tool: 'cloudformation', name: stack };
  const [tool] = Object.entries(tags).flatMap(([key, value]) => byHabit(key, value) ?? []);
  return tool === undefined ? null : { tool, name: null };
}

const MANAGED_BY = 'app.kubernetes.io/managed-by';
const [HELM, ARGO] = ['meta.helm.sh/release-name', 'argocd.argoproj.io/tracking-id'] as const;
const FLUX = ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name'] as const;
/** Labels and annotations of an object in a cluster that say what manages it: those that the tools document. */
export const MANAGER_LABELS = [MANAGED_BY, ...FLUX] as const;
export const MANAGER_ANNOTATIONS = [HELM, ARGO] as const;

/** What manages an object in a cluster, by these. What syncs from Git comes before what it syncs. */
export function managerByLabels(labels: Texts): Manager | null {
  // `app:group/kind:namespace/name`
  const [app] = labels[ARGO]?.split(':') ?? [];
  if (app !== undefined) return { tool: 'argocd', name: app };
  const flux = FLUX.map((key) => labels[key]).find((name) => name !== undefined);
  if (flux !== undefined) return { tool: 'flux', name: flux };
  const by = labels[MANAGED_BY];
  if (by === 'Helm' || labels[HELM] !== undefined) return { tool: 'helm', name: labels[HELM] ?? null };
  return by === 'eksctl' ? { tool: 'eksctl', name: null } : null;
}
