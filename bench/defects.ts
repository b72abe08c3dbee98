import type { Json } from '../src/model/inventory/inventory.js';

/** A service account of one cluster, which a role lets in. */
export interface PlantedWorkload {
  readonly partition: string;
  readonly account: string;
  /** The issuer without `https://`. */
  readonly url: string;
  readonly namespace: string;
  readonly name: string;
}

type Conditions = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Where a broken trust policy differs from one that works; what is left out is right. */
interface Deviation {
  readonly principal?: Readonly<Record<string, string>>;
  readonly action?: string;
  readonly condition?: Conditions;
}

const subject = ({ namespace, name }: PlantedWorkload): string => `system:serviceaccount:${namespace}:${name}`;
const audience = ({ url }: PlantedWorkload): Readonly<Record<string, string>> => ({ [`${url}:aud`]: 'sts.amazonaws.com' });
const providerArn = ({ partition, account, url }: PlantedWorkload): string => `arn:${partition}:iam::${account}:oidc-provider/${url}`;

function statement(workload: PlantedWorkload, { principal, action, condition }: Deviation = {}): Json {
  return {
    Effect: 'Allow',
    Principal: principal ?? { Federated: providerArn(workload) },
    Action: action ?? 'sts:AssumeRoleWithWebIdentity',
    Condition: condition ?? { StringEquals: { ...audience(workload), [`${workload.url}:sub`]: subject(workload) } },
  };
}

/** A trust policy that lets in each of these and nobody else. */
export function trustOf(workloads: readonly PlantedWorkload[]): Json {
  return { Version: '2012-10-17', Statement: workloads.map((workload) => statement(workload)) };
}

/** The last hexadecimal digit of an issuer's id exchanged: an issuer that nobody has, or a typing error. */
const mistyped = (url: string): string => `${url.slice(0, -1)}${url.endsWith('0') ? '1' : '0'}`;

const conditionKey = (workload: PlantedWorkload, key: string): Deviation => ({
  condition: { StringEquals: { ...audience(workload), [key]: subject(workload) } },
});

const conditionOn = (workload: PlantedWorkload, operator: string, value: string): Deviation => ({
  condition: { StringEquals: audience(workload), [operator]: { [`${workload.url}:sub`]: value } },
});

const DEVIATIONS: Readonly<Record<string, (workload: PlantedWorkload) => Deviation>> = {
  'scheme in the provider ARN': (workload) => ({
    principal: { Federated: providerArn({ ...workload, url: `https://${workload.url}` }) },
  }),
  'provider of another account': (workload) => ({ principal: { Federated: providerArn({ ...workload, account: '556677889900' }) } }),
  'provider that does not exist': (workload) => {
    const url = mistyped(workload.url);
    const condition = { StringEquals: { [`${url}:aud`]: 'sts.amazonaws.com', [`${url}:sub`]: subject(workload) } };
    return { principal: { Federated: providerArn({ ...workload, url }) }, condition };
  },
  'action for AWS principals': () => ({ action: 'sts:AssumeRole' }),
  'key of another issuer': (workload) => conditionKey(workload, `${mistyped(workload.url)}:sub`),
  'scheme in the condition key': (workload) => conditionKey(workload, `https://${workload.url}:sub`),
  'no subject': (workload) => ({ condition: { StringEquals: audience(workload) } }),
  'subject without its prefix': (workload) => conditionOn(workload, 'StringEquals', `${workload.namespace}:${workload.name}`),
  'whole cluster': (workload) => conditionOn(workload, 'StringLike', 'system:serviceaccount:*'),
  'any namespace': (workload) => conditionOn(workload, 'StringLike', `system:serviceaccount:*:${workload.name}`),
  'wildcard under StringEquals': (workload) => conditionOn(workload, 'StringEquals', `system:serviceaccount:${workload.namespace}:*`),
  'audience of China': (workload) => ({
    condition: { StringEquals: { [`${workload.url}:aud`]: 'sts.amazonaws.com.cn', [`${workload.url}:sub`]: subject(workload) } },
  }),
  'negated operator': (workload) => conditionOn(workload, 'StringNotEquals', subject(workload)),
  'placeholder for the issuer': (workload) => conditionKey(workload, '${OIDC_PROVIDER}:sub'),
};

/** The kinds of defect, in the order in which they are planted. */
export const DEFECTS: readonly string[] = Object.keys(DEVIATIONS);

/** A trust policy for this service account with this defect. */
export function brokenTrust(defect: string, workload: PlantedWorkload): Json {
  const deviate = DEVIATIONS[defect];
  if (deviate === undefined) throw new RangeError(`no such defect: ${defect}`);
  return { Version: '2012-10-17', Statement: [statement(workload, deviate(workload))] };
}
