import type { WebIdentityRequest } from '../../src/policy/language/evaluate.js';

/**
 * A second evaluator of web-identity trust, written from docs/trust-evaluation.md alone and sharing no code with the
 * product: regular expressions over raw JSON, truth as true, false and null (nobody knows). Slow and plain on purpose.
 */
type Truth = boolean | null;
type Raw = Record<string, unknown>;

const isRaw = (value: unknown): value is Raw => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => ['string', 'number', 'boolean'].includes(typeof value);
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? value : [value]);
const and = (truths: Truth[]): Truth => (truths.includes(false) ? false : truths.includes(null) ? null : true);
const or = (truths: Truth[]): Truth => (truths.includes(true) ? true : truths.includes(null) ? null : false);
const negate = (truth: Truth): Truth => (truth === null ? null : !truth);

const WILD = '\u0001';
const WILD_ONE = '\u0002';
const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
/** A whole text with markers for wildcards as a regular expression. */
const regexOf = (marked: string, flags = 'u'): RegExp =>
  new RegExp(`^${escaped(marked).replaceAll(WILD, '[^]*').replaceAll(WILD_ONE, '[^]')}$`, flags);
const marked = (text: string): string => text.replaceAll('*', WILD).replaceAll('?', WILD_ONE);
const unmarked = (text: string): string => text.replaceAll(WILD, '*').replaceAll(WILD_ONE, '?');

/** A value of the request: a text, undefined = absent, null = nobody knows. */
type Context = (key: string) => string | undefined | null;

/** Keys beside aud, oaud, sub, amr and email, as IAM's list of condition keys of web identity federation has them. */
const MORE_KEYS: Record<string, string> = {
  'token.actions.githubusercontent.com':
    'actor actor_id enterprise_id environment job_workflow_ref ref repository repository_id repository_owner_id workflow',
};

function contextOf({ audience, subject, claims }: WebIdentityRequest, url: string): Context {
  const more = MORE_KEYS[url.toLowerCase()];
  const listed = `aud oaud sub amr email ${more ?? ''}`.split(' ');
  const kubernetes = /^oidc[.-]eks\./i.test(url) || (more === undefined && subject.startsWith('system:serviceaccount:'));
  return (key) => {
    const name = key.toLowerCase();
    if (name.startsWith('aws:') || name.startsWith('sts:')) return null;
    if (name.slice(0, url.length + 1) !== `${url.toLowerCase()}:`) return undefined;
    const claim = name.slice(url.length + 1);
    if (claim === 'sub') return subject;
    if (claim === 'aud' || (claim === 'oaud' && kubernetes)) return audience;
    if (!listed.includes(claim) || (claims === undefined && kubernetes)) return undefined;
    return claims === undefined ? null : (claims[claim] as string | undefined);
  };
}

/** A policy value with markers for its wildcards, and for what nobody knows; undefined = null value. */
function resolved(value: string, likes: boolean, variables: boolean, context: Context): { text: string; known: boolean } | undefined {
  const mark = (text: string): string => (likes ? marked(text) : text);
  if (!variables) return { text: mark(value), known: true };
  let result = '';
  let known = true;
  for (const piece of value.split(/(\$\{[^}]*\})/)) {
    const inner = /^\$\{([^}]*)\}$/.exec(piece)?.[1];
    if (inner === undefined) {
      result += mark(piece);
      continue;
    }
    if (['*', '?', '$'].includes(inner)) {
      result += inner;
      continue;
    }
    const [, name = '', fallback] = /^([^,]*)(?:,\s*'(.*)'\s*)?/.exec(inner) ?? [];
    const found = context(name.trim());
    const filled = found === null ? found : (found ?? fallback);
    if (filled === undefined) return undefined;
    if (filled === null || (likes && /[*?]/.test(filled))) {
      known = false;
      result += WILD;
    } else result += filled;
  }
  return { text: result, known };
}

const number = (text: string): number | null => (/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(text) ? Number.parseFloat(text) : null);
const moment = (text: string): number | null => {
  if (/^\d{5,}$/.test(text)) return Number(text) * 1000;
  return /^\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?)?)?$/.test(text) && !Number.isNaN(Date.parse(text))
    ? Date.parse(text)
    : null;
};
const address = (text: string): number | null => {
  const bytes = /^\d{1,3}(\.\d{1,3}){3}$/.test(text) ? text.split('.').map(Number) : [256];
  return bytes.some((byte) => byte > 255) ? null : bytes.reduce((sum, byte) => sum * 256 + byte, 0);
};

/** 'foreign' = one of the two is not of the operator's type. */
type Compared = Truth | 'foreign';

const ORDER: Record<string, (left: number, right: number) => boolean> = {
  equals: (left, right) => left === right,
  lessthan: (left, right) => left < right,
  lessthanequals: (left, right) => left <= right,
  greaterthan: (left, right) => left > right,
  greaterthanequals: (left, right) => left >= right,
};

/** Compares by a positive operator in lower case; null where IAM knows no such operator. */
function comparisonOf(operator: string): ((actual: string, value: string) => Compared) | null {
  const [, kind = '', test = ''] = /^(numeric|date)(.*)$/.exec(operator) ?? [];
  const order = ORDER[test];
  if (kind !== '' && order !== undefined) {
    const read = kind === 'numeric' ? number : moment;
    return (actual, value) => {
      const [left, right] = [read(actual), read(value)];
      return left === null || right === null ? 'foreign' : order(left, right);
    };
  }
  switch (operator) {
    case 'stringequals':
      return (actual, value) => actual === value;
    case 'stringequalsignorecase':
      return (actual, value) => actual.toLowerCase() === value.toLowerCase();
    case 'stringlike':
      return (actual, value) => regexOf(value).test(actual);
    case 'arnequals':
    case 'arnlike':
      return (actual, value) => {
        const split = (text: string): string[] | null => /^([^:]*):([^:]*):([^:]*):([^:]*):([^:]*):([^]*)$/.exec(text)?.slice(1) ?? null;
        const [left, right] = [split(actual), split(value)];
        if (left !== null && right !== null) return right.every((part, index) => regexOf(part).test(left[index] ?? ''));
        return regexOf(value).test(actual) ? null : left === null ? 'foreign' : false;
      };
    case 'bool':
      return (actual, value) => {
        const [left, right] = [actual.toLowerCase(), value.toLowerCase()];
        if (['true', 'false'].includes(left) && ['true', 'false'].includes(right)) return left === right;
        return left === right ? null : 'foreign';
      };
    case 'binaryequals':
      return (actual, value) => (value === actual || value === Buffer.from(actual, 'latin1').toString('base64') ? null : 'foreign');
    case 'ipaddress':
      return (actual, value) => {
        const [, network = '', bits = '32'] = /^([^/]*)(?:\/(\d\d?))?$/.exec(value) ?? [];
        const [left, right, size] = [address(actual), address(network), 2 ** (32 - Number(bits))];
        return left === null || right === null || size < 1 ? 'foreign' : Math.floor(left / size) === Math.floor(right / size);
      };
    default:
      return null;
  }
}

function conditionHolds(written: string, key: string, values: string[], variables: boolean, context: Context): Truth {
  const [, set = '', name = '', suffix = ''] = /^(?:(forallvalues|foranyvalue):)?(.*?)(ifexists)?$/.exec(written.toLowerCase()) ?? [];
  const positive = name.replace(/^(string|numeric|date|arn)not/, '$1').replace(/^notip/, 'ip');
  const compare = comparisonOf(positive);
  const presence = name === 'null' && suffix === '';
  if (compare === null && !presence) return false;
  const actual = context(key);
  if (actual === null) return null;
  if (compare === null)
    return set !== ''
      ? null
      : or(values.map((value) => (value === 'true' ? actual === undefined : value === 'false' ? actual !== undefined : null)));
  const negated = positive !== name;
  if (actual === undefined) {
    if (suffix !== '') return set === 'foranyvalue' ? null : true;
    return set === '' ? negated : set === 'forallvalues';
  }
  if (values.length === 0) return negated ? null : false;
  const likes = /like$|^arn/.test(positive);
  const takesVariables = variables && /^(string|arn)/.test(positive);
  const compared = values.map((value): Compared => {
    const found = resolved(value, likes, takesVariables, context);
    if (found === undefined) return false;
    const { text, known } = found;
    if (known) return compare(actual, likes ? text : unmarked(text));
    // Whatever it stands for, none of it matches what its widest does not.
    return positive.startsWith('string') && !regexOf(text, positive.includes('ignorecase') ? 'iu' : 'u').test(actual) ? false : null;
  });
  return negated
    ? and(compared.map((one) => (one === 'foreign' ? null : negate(one))))
    : or(compared.map((one) => (one === 'foreign' ? false : one)));
}

function conditionsHold(block: Raw, variables: boolean, context: Context): Truth {
  const entries = Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys as Raw).map(([key, values]) => ({ operator, key, values: asList(values).map(String) })),
  );
  const groups = new Map<string, Set<Truth>>();
  for (const { operator, key, values } of entries) {
    const identity = JSON.stringify([operator.toLowerCase(), key.toLowerCase()]);
    groups.set(identity, (groups.get(identity) ?? new Set()).add(conditionHolds(operator, key, values, variables, context)));
  }
  return and([...groups.values()].map((truths) => (truths.size === 1 ? ([...truths][0] ?? null) : null)));
}

const principalOk = (value: unknown): boolean =>
  value === '*' ||
  (isRaw(value) &&
    Object.entries(value).every(([kind, who]) => /^(Federated|AWS|Service|CanonicalUser)$/.test(kind) && asList(who).every(isText)) &&
    Object.values(value).flatMap(asList).length > 0);

/** Whether a statement is one that IAM's grammar allows in a trust policy. */
function readable(raw: unknown): raw is Raw {
  if (!isRaw(raw) || Object.keys(raw).some((name) => !/^(Sid|Effect|Principal|NotPrincipal|Action|NotAction|Condition)$/.test(name)))
    return false;
  const who = ['Principal', 'NotPrincipal'].filter((name) => name in raw);
  const what = ['Action', 'NotAction'].filter((name) => name in raw);
  const actions = asList(raw[what[0] ?? '']);
  const { Condition: block = {} } = raw;
  return (
    who.length === 1 &&
    principalOk(raw[who[0] ?? '']) &&
    what.length === 1 &&
    actions.length > 0 &&
    actions.every(isText) &&
    (raw['Effect'] === 'Allow' || raw['Effect'] === 'Deny') &&
    (raw['Sid'] === undefined || typeof raw['Sid'] === 'string') &&
    isRaw(block) &&
    Object.values(block).every((keys) => isRaw(keys) && Object.values(keys).every((values) => asList(values).every(isText)))
  );
}

function applies(raw: Raw, variables: boolean, request: WebIdentityRequest, context: Context): Truth {
  const principal = raw['Principal'];
  const who: [string, unknown][] =
    principal === '*'
      ? [['*', '*']]
      : Object.entries(principal ?? {}).flatMap(([kind, some]) => asList(some).map((one): [string, unknown] => [kind, one]));
  const named = who.map(([kind, one]): Truth => {
    const text = String(one);
    if (kind === 'Federated' && text === request.providerArn) return true;
    if (kind !== 'Service' && text === '*') return null;
    return kind === 'Federated' && text.toLowerCase() === request.providerArn.toLowerCase() ? null : false;
  });
  const actions = asList(raw['Action'] ?? raw['NotAction']).some((action) =>
    regexOf(marked(String(action)), 'iu').test('sts:AssumeRoleWithWebIdentity'),
  );
  return and([
    'NotPrincipal' in raw ? null : or(named),
    actions !== 'NotAction' in raw,
    conditionsHold((raw['Condition'] ?? {}) as Raw, variables, context),
  ]);
}

/** The verdict for requests that name an OIDC provider by its ARN. */
export function secondOpinion(document: unknown, request: WebIdentityRequest): 'allowed' | 'denied' | 'undecided' {
  const url = request.providerArn.split(':oidc-provider/')[1] ?? '';
  const issuer = request.issuer.replace(/^https:\/\//, '');
  if (url.replace(/\/$/, '') !== issuer.replace(/\/$/, '')) return 'denied';
  const found: Truth = url === issuer ? true : null;
  const whole =
    isRaw(document) &&
    Object.keys(document).every((name) => /^(Version|Id|Statement)$/.test(name)) &&
    ['2012-10-17', '2008-10-17', undefined].includes(document['Version'] as string) &&
    'Statement' in document;
  const statements = isRaw(document) && 'Statement' in document ? asList(document['Statement']) : [];
  const context = contextOf(request, url);
  const truths = statements.map((raw) => {
    const effect = isRaw(raw) ? raw['Effect'] : undefined;
    const truth = readable(raw) ? applies(raw, isRaw(document) && document['Version'] === '2012-10-17', request, context) : null;
    return { allow: effect === 'Deny' ? false : truth, deny: effect === 'Allow' ? false : truth };
  });
  const doubt: Truth = whole ? false : null;
  const answer = and([found, or([doubt, ...truths.map(({ allow }) => allow)]), negate(or([doubt, ...truths.map(({ deny }) => deny)]))]);
  return answer === null ? 'undecided' : answer ? 'allowed' : 'denied';
}
