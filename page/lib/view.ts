import type { Kind, Severity } from '../../src/model/report/finding.js';

/** What of the report is shown: all of it is in the fragment of the address, so that it can be sent to somebody. */
export interface View {
  readonly tab: 'problems' | 'picture' | 'scan' | 'rules';
  readonly search: string;
  readonly severities: readonly Severity[];
  readonly kinds: readonly Kind[];
  readonly cluster: string;
  readonly namespace: string;
  readonly rule: string;
  readonly status: string;
  /** Beginning of the fingerprint of the problem that is open. */
  readonly open: string;
  /** The node of the picture that is chosen. */
  readonly at: string;
  /** Which ways the picture shows. */
  readonly ways: string;
}

export const WHOLE: View = {
  tab: 'problems',
  search: '',
  severities: [],
  kinds: [],
  cluster: '',
  namespace: '',
  rule: '',
  status: '',
  open: '',
  at: '',
  ways: '',
};

/** In the order in which the page has them. */
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info'];
export const KINDS: readonly Kind[] = ['exposure', 'break', 'hygiene'];
const TABS = ['problems', 'picture', 'scan', 'rules'] as const;
const TEXTS = ['search', 'cluster', 'namespace', 'rule', 'status', 'open', 'at', 'ways'] as const;

/** The view that a fragment names; whatever else it holds is ignored. */
export function viewOf(fragment: string): View {
  const asked = new URLSearchParams(fragment.replace(/^#/, ''));
  const listOf = (name: string): readonly string[] => (asked.get(name) ?? '').split(',');
  const texts = Object.fromEntries(TEXTS.map((name) => [name, asked.get(name) ?? '']));
  return {
    ...WHOLE,
    ...texts,
    tab: TABS.find((tab) => tab === asked.get('tab')) ?? 'problems',
    severities: SEVERITIES.filter((one) => listOf('severity').includes(one)),
    kinds: KINDS.filter((one) => listOf('kind').includes(one)),
  };
}

/** The same as a fragment; what is as usual is left out. */
export function fragmentOf(view: View): string {
  const said = new URLSearchParams();
  if (view.tab !== 'problems') said.set('tab', view.tab);
  if (view.severities.length > 0) said.set('severity', view.severities.join(','));
  if (view.kinds.length > 0) said.set('kind', view.kinds.join(','));
  for (const name of TEXTS) if (view[name] !== '') said.set(name, view[name]);
  return `#${said.toString()}`;
}

/** A list with one more, or one less. */
export const toggled = <T>(list: readonly T[], one: T): readonly T[] =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
