import type { Json } from '../src/model/inventory/inventory.js';
import { policyLength } from '../src/policy/edit/repair.js';

/** Of whom the policies below are: an issuer of EKS, and a short one, which leaves more characters for the rest. */
export interface Issuers {
  readonly partition: string;
  readonly account: string;
  readonly eks: string;
  readonly short: string;
}

type Block = Record<string, Json>;

/** The longest that a policy can be made of `count` pieces without being longer than IAM takes. */
function filled(length: number, make: (count: number) => Json): Json {
  let [fits, tooMany] = [0, length];
  while (tooMany - fits > 1) {
    const count = Math.floor((fits + tooMany) / 2);
    if (policyLength(make(count)) <= length) fits = count;
    else tooMany = count;
  }
  return make(fits);
}

const times = <T>(count: number, make: (index: number) => T): T[] => Array.from({ length: count }, (_, index) => make(index));
/** Short texts, each another. */
const name = (index: number): string => index.toString(36);

/** An issuer that is shaped like one of EKS. */
const eksNumber = (index: number): string => `oidc.eks.us-east-1.amazonaws.com/id/${index.toString(16).toUpperCase()}`;

const LISTS = ['StringLike', 'ForAnyValue:StringLike', 'StringLikeIfExists', 'ForAllValues:StringLike'];
const NEGATED = ['StringNotLike', 'StringNotLikeIfExists', 'ForAllValues:StringNotLike'];

/** What makes naive judging slow, each as long as a policy may be. */
export function worstPolicies(length: number, { partition, account, eks, short }: Issuers): Readonly<Record<string, Json>> {
  const policy = (...statements: Json[]): Json => ({ Version: '2012-10-17', Statement: statements });
  const of =
    (url: string) =>
    (condition: Block, more: Block = {}) => ({
      Effect: 'Allow',
      Principal: { Federated: `arn:${partition}:iam::${account}:oidc-provider/${url}` },
      Action: 'sts:AssumeRoleWithWebIdentity',
      ...(Object.keys(condition).length === 0 ? {} : { Condition: condition }),
      ...more,
    });
  const [own, other] = [of(eks), of(short)];
  const [SUB, AUD, OTHER] = [`${eks}:sub`, `${eks}:aud`, `${short}:sub`];
  const like = (pattern: (count: number) => string, audiences = 0): Json =>
    filled(length, (count) =>
      policy(
        own({
          StringLike: {
            [SUB]: pattern(count),
            ...(audiences > 0 ? { [AUD]: ['sts.amazonaws.com', ...times(audiences, (at) => `audience-${at}`)] } : {}),
          },
        }),
      ),
    );
  const lists = (names: readonly string[], value: (list: number, at: number) => string, claim = OTHER): Json =>
    filled(length, (count) =>
      policy(
        (claim === OTHER ? other : own)(
          Object.fromEntries(
            names.map((operator, list) => [operator, { [claim]: times(Math.ceil(count / names.length), (at) => value(list, at)) }]),
          ),
        ),
      ),
    );
  return {
    'stars and letters': like((count) => '*a'.repeat(count)),
    'stars and letters that end otherwise': like((count) => `${'*a'.repeat(count)}*b`),
    'stars alone': like((count) => '*'.repeat(count)),
    'stars and question marks': like((count) => '?*'.repeat(count)),
    'question marks alone': like((count) => `system:serviceaccount:${'?'.repeat(count)}`),
    'stars for the short issuer': filled(length, (count) => policy(other({ StringLike: { [OTHER]: `${'*a'.repeat(count)}*b` } }))),
    'two patterns of stars': filled(length, (count) =>
      policy(other({ 'StringLike': { [OTHER]: '*a'.repeat(count / 2) }, 'ForAnyValue:StringLike': { [OTHER]: '*b'.repeat(count / 2) } })),
    ),
    'a pattern of question marks beside one of stars': filled(length, (count) =>
      policy(
        own({ 'StringLike': { [SUB]: `${'?'.repeat(150)}${'*a?'.repeat(count)}` }, 'ForAnyValue:StringLike': { [SUB]: '?'.repeat(300) } }),
      ),
    ),
    'stars beside twenty audiences': like((count) => '*a'.repeat(count), 20),
    'stars beside eighty audiences': like((count) => '*a'.repeat(count), length > 4_000 ? 80 : 40),
    'very many audiences': filled(length, (count) =>
      policy(own({ StringEquals: { [AUD]: times(count, name) }, StringLike: { [SUB]: 'system:serviceaccount:*:app' } })),
    ),
    'very many subjects': filled(length, (count) => policy(other({ StringEquals: { [OTHER]: times(count, name) } }))),
    'very many namespaces': filled(length, (count) =>
      policy(own({ StringLike: { [SUB]: times(count, (at) => `system:serviceaccount:${name(at)}:*`) } })),
    ),
    'very many patterns': lists(['StringLike'], (_, at) => `*${name(at)}*`),
    'lists multiplied': lists(LISTS, (list, at) => `*${list}${name(at)}*`),
    'lists multiplied and shut out': lists([...LISTS.slice(0, 2), ...NEGATED.slice(0, 1)], (list, at) =>
      list < 2 ? `${list === 0 ? '?' : ''}*${name(at)}?*` : `*${name(at)}*`,
    ),
    'three lists that only a search decides': lists(
      LISTS.slice(0, 3),
      (list, at) => `${'?'.repeat(9 + list)}*${'ab?'.repeat(1 + (at % 3))}*${'?'.repeat(at % 7)}`,
    ),
    'patterns shut out by patterns': lists(['StringLike', 'StringNotLike'], (list, at) =>
      list === 0 ? `*a*${name(at)}*b*` : `*a*b?*${name(at)}`,
    ),
    'patterns that only a long search finds empty': lists(['StringLike', 'StringNotLike'], (list, at) =>
      list === 0 ? `*a${'?'.repeat(9 + (at % 5))}a*z${name(at)}` : at === 0 ? '*z*' : `*b${'?'.repeat(at % 9)}b*${name(at)}c*`,
    ),
    'a few patterns that each take a long search': filled(length, (count) =>
      policy(
        own({
          StringLike: { [SUB]: times(count, (at) => `*a${'?'.repeat(12)}a*z${name(at)}`) },
          StringNotLike: { [SUB]: ['*z*', '*b?????b*'] },
          StringEquals: { [AUD]: 'sts.amazonaws.com' },
        }),
      ),
    ),
    'a wall of Deny': filled(length, (count) =>
      policy(
        own({ StringLike: { [SUB]: ['*a*', '*b*', '*c*'] } }),
        ...times(count, (at) => own({ StringLike: { [SUB]: [`*${name(at)}*`, `*a*${name(at)}`] } }, { Effect: 'Deny' })),
      ),
    ),
    'a wall of long Deny lists': filled(length, (count) =>
      policy(
        other({ StringLike: { [OTHER]: times(40, (at) => `*${name(at)}*`) } }),
        ...times(6, (part) => other({ StringNotLike: { [OTHER]: times(count / 6, (at) => `*${part}${name(at)}*`) } }, { Effect: 'Deny' })),
      ),
    ),
    'letters without case': filled(length, (count) =>
      policy(
        own({
          StringEqualsIgnoreCase: { [SUB]: times(count, (at) => `${'é'.repeat(20)}${name(at)}`) },
          StringNotEquals: { [SUB]: times(count, (at) => `${'É'.repeat(20)}${name(at)}`) },
        }),
      ),
    ),
    'one word without case, shut out in many spellings': filled(length, (count) =>
      policy(
        other({
          StringEqualsIgnoreCase: { [OTHER]: 'abcdefghijklmnop' },
          StringNotEquals: {
            [OTHER]: times(count, (at) =>
              [...'abcdefghijklmnop'].map((char, bit) => ((at >> bit) & 1 ? char.toUpperCase() : char)).join(''),
            ),
          },
        }),
      ),
    ),
    'variables': filled(length, (count) => policy(other({ StringLike: { [OTHER]: `\${${OTHER}}`.repeat(count) } }))),
    'variables that do not end': filled(length, (count) => policy(other({ StringLike: { [OTHER]: '${'.repeat(count) } }))),
    'braces that do not end': filled(length, (count) => policy(own({ StringEquals: { [SUB]: '{{'.repeat(count) } }))),
    'templates': filled(length, (count) => policy(own({ StringEquals: { [SUB]: times(count, (at) => `<${name(at)}>`) } }))),
    'actions of stars': filled(length, (count) => policy(own({ StringEquals: { [SUB]: 'a' } }, { Action: `${'s*'.repeat(count)}y` }))),
    'many NotActions': filled(length, (count) => {
      const statement: Block = { ...own({ StringLike: { [SUB]: '*' } }), NotAction: times(count, (at) => `*${name(at)}*y`) };
      return policy(Object.fromEntries(Object.entries(statement).filter(([element]) => element !== 'Action')));
    }),
    'very many statements': filled(length, (count) => policy(...times(count, () => other({ StringLike: { [OTHER]: '*a*' } })))),
    'very many conditions': filled(length, (count) =>
      policy(
        other(
          Object.fromEntries(times(count, (at) => [at % 2 ? `x${at}` : `StringLike${' '.repeat(at % 3)}`, { [`${name(at)}:sub`]: 'a' }])),
        ),
      ),
    ),
    'one key in very many cases': filled(length, (count) =>
      policy(other({ StringLike: Object.fromEntries(times(count, (at) => [spelt(OTHER, at), '*a*'])) })),
    ),
    'very many principals': filled(length, (count) =>
      policy({ ...own({ StringLike: { [SUB]: '*' } }), Principal: { Federated: times(count, (at) => `${name(at)}.aa`) } }),
    ),
    'very many principals and keys': filled(length, (count) =>
      policy({
        ...own({ StringLike: Object.fromEntries(times(count, (at) => [`${name(at)}.aa:sub`, '*'])) }),
        Principal: { Federated: times(count, (at) => `${name(at)}.aa`) },
      }),
    ),
    'a key of a long issuer': filled(length, (count) =>
      policy({
        ...own({ StringLike: { [`${'a.'.repeat(count)}a:sub`]: '*' } }),
        Principal: { Federated: times(6, (at) => `${'b.'.repeat(count / 8)}x${at}.aa`) },
      }),
    ),
    'service accounts that are not there': filled(length, (count) =>
      policy(own({ StringEquals: { [SUB]: times(count, (at) => `system:serviceaccount:${name(at)}:a`) } })),
    ),
    'subjects with blanks': filled(length, (count) =>
      policy(own({ StringEquals: { [SUB]: times(count, (at) => ` system:serviceaccount:${name(at)}:a `) } })),
    ),
    'names of accounts that are names of namespaces too': filled(length, (count) =>
      policy(own({ StringLike: { [SUB]: times(count, (at) => `*:*:${name(at)}`) } })),
    ),
    'very many issuers, audiences and patterns': filled(length, (count) =>
      policy({
        ...own({ StringEquals: { [AUD]: times(count, name) }, StringLike: { [SUB]: times(count, (at) => `*:*:${name(at)}`) } }),
        Principal: { Federated: times(count / 6, eksNumber) },
      }),
    ),
    'very many issuers and patterns of audiences': filled(length, (count) =>
      policy({
        ...own({ StringLike: { [AUD]: times(count, (at) => `${at % 2 ? '*' : ''}${name(at)}`) } }),
        Principal: { Federated: times(count / 8, eksNumber) },
      }),
    ),
    'keys of very many other issuers': filled(length, (count) =>
      policy(own({ StringLike: Object.fromEntries(times(count, (at) => [`${eksNumber(at)}:sub`, '*'])) })),
    ),
    'subjects that no token has': filled(length, (count) =>
      policy(own({ StringEquals: { [SUB]: times(count, (at) => `system:serviceaccount:team_${at}:App-${at}`) } })),
    ),
  };
}

/** A text with some of its letters written large, by the bits of a number. */
function spelt(text: string, bits: number): string {
  return [...text].map((char, at) => ((bits >> (at % 12)) & 1 ? char.toUpperCase() : char)).join('');
}
