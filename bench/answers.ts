import type { Inventory, Json, ManagedPolicy, OidcProvider, Role } from '../src/model/inventory/inventory.js';
import { json, pageOf, valueOf, type Operations, type StandInAnswer, type StandInCall } from './answer-parts.js';
import { eksAnswers } from './answers-eks.js';

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const wrapped = (name: string, content: string): string => `<${name}>${content}</${name}>`;
const tag = (name: string, text: string): string => wrapped(name, escaped(text));
const list = (name: string, members: readonly string[]): string =>
  wrapped(name, members.map((member) => wrapped('member', member)).join(''));

/** IAM encodes documents by RFC 3986, which takes in five characters that JavaScript leaves. */
function encodedDocument(document: Json): string {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}

function xml(operation: string, namespace: string, result: string): StandInAnswer {
  const content = wrapped(`${operation}Result`, result) + wrapped('ResponseMetadata', tag('RequestId', 'bench'));
  return { status: 200, type: 'text/xml', body: `<${operation}Response xmlns="${namespace}">${content}</${operation}Response>` };
}

const iam = (operation: string, result: string): StandInAnswer => xml(operation, 'https://iam.amazonaws.com/doc/2010-05-08/', result);
const nameIn = (arn: string): string => arn.slice(arn.lastIndexOf('/') + 1);

function tags(all: Readonly<Record<string, string>>): string {
  return list(
    'Tags',
    Object.entries(all).map(([key, value]) => tag('Key', key) + tag('Value', value)),
  );
}

const attached = (name: string, { attachedPolicyArns }: Role): string =>
  list(
    name,
    attachedPolicyArns.map((arn) => tag('PolicyName', nameIn(arn)) + tag('PolicyArn', arn)),
  );

function roleXml(role: Role): string {
  const inline = role.inlinePolicies.map(
    ({ name, document }) => tag('PolicyName', name) + tag('PolicyDocument', encodedDocument(document)),
  );
  const used = role.lastUsed === null ? '' : tag('LastUsedDate', role.lastUsed.date) + tag('Region', role.lastUsed.region ?? '');
  return [
    tag('Path', role.path),
    tag('RoleName', role.name),
    tag('RoleId', 'AROAEXAMPLE'),
    tag('Arn', role.arn),
    tag('CreateDate', role.createdAt ?? ''),
    tag('AssumeRolePolicyDocument', encodedDocument(role.trustPolicy)),
    list('InstanceProfileList', []),
    list('RolePolicyList', inline),
    attached('AttachedManagedPolicies', role),
    tags(role.tags),
    wrapped('RoleLastUsed', used),
  ].join('');
}

function policyXml({ arn, document }: ManagedPolicy): string {
  const version = tag('Document', encodedDocument(document)) + tag('VersionId', 'v1') + tag('IsDefaultVersion', 'true');
  return tag('PolicyName', nameIn(arn)) + tag('Arn', arn) + tag('DefaultVersionId', 'v1') + list('PolicyVersionList', [version]);
}

function providerXml({ detail }: OidcProvider): string {
  const { url, clientIds, thumbprints, createdAt, tags: own } = valueOf(detail);
  return [
    tag('Url', url),
    list('ClientIDList', clientIds.map(escaped)),
    list('ThumbprintList', thumbprints.map(escaped)),
    tag('CreateDate', createdAt ?? ''),
    tags(own),
  ].join('');
}

/** What AWS would answer for this account. Everything that can be written beforehand is: the answering itself costs next to nothing. */
export function answersFor(inventory: Inventory): (call: StandInCall) => StandInAnswer {
  const providers = new Map(valueOf(inventory.providers).map((provider) => [provider.arn, providerXml(provider)]));
  const items = [
    ...valueOf(inventory.roles).map((role) => ({ kind: 'role', text: roleXml(role) })),
    ...valueOf(inventory.managedPolicies).map((policy) => ({ kind: 'policy', text: policyXml(policy) })),
  ];
  const pages = new Map<string, StandInAnswer>();
  const regions = valueOf(inventory.regionList).map((RegionName) => ({ RegionName, RegionOptStatus: 'ENABLED_BY_DEFAULT' }));
  const providerList = list(
    'OpenIDConnectProviderList',
    [...providers.keys()].map((arn) => tag('Arn', arn)),
  );
  const quotas = valueOf(inventory.quotas);
  const summary = Object.entries({ AssumeRolePolicySizeQuota: quotas.trustPolicyLength, RolesQuota: quotas.roles });
  const caller =
    tag('Arn', `arn:${inventory.partition}:iam::${inventory.account}:user/bench`) +
    tag('UserId', 'AIDAEXAMPLE') +
    tag('Account', inventory.account);

  const ofRole =
    (text: (role: Role) => string) =>
    ({ operation, field }: StandInCall): StandInAnswer => {
      const role = valueOf(inventory.roles).find(({ name }) => name === field('RoleName'));
      return role === undefined ? json({ message: 'no such role' }, 404) : iam(operation, text(role));
    };

  function detailsPage(marker: string | null, asked: number): StandInAnswer {
    const { page, next } = pageOf(items, marker, Math.min(1000, asked));
    const of = (kind: string): readonly string[] => page.filter((item) => item.kind === kind).map(({ text }) => text);
    const others = list('UserDetailList', []) + list('GroupDetailList', []);
    const end = tag('IsTruncated', String(next !== null)) + (next === null ? '' : tag('Marker', next));
    return iam('GetAccountAuthorizationDetails', list('RoleDetailList', of('role')) + list('Policies', of('policy')) + others + end);
  }

  const operations: Operations = {
    GetCallerIdentity: ({ operation }) => xml(operation, 'https://sts.amazonaws.com/doc/2011-06-15/', caller),
    ListRegions: () => json({ Regions: regions }),
    ...eksAnswers(inventory),
    ListOpenIDConnectProviders: ({ operation }) => iam(operation, providerList),
    GetOpenIDConnectProvider: ({ operation, field }) => iam(operation, providers.get(field('OpenIDConnectProviderArn') ?? '') ?? ''),
    GetRole: ofRole((role) => wrapped('Role', roleXml(role))),
    ListAttachedRolePolicies: ofRole((role) => attached('AttachedPolicies', role)),
    ListRolePolicies: ofRole(({ inlinePolicies }) =>
      list(
        'PolicyNames',
        inlinePolicies.map(({ name }) => escaped(name)),
      ),
    ),
    GetAccountAuthorizationDetails: ({ field }) => {
      const [marker, size] = [field('Marker'), Number(field('MaxItems') ?? 100)];
      const key = `${marker ?? ''} ${size}`;
      const page = pages.get(key) ?? detailsPage(marker, size);
      pages.set(key, page);
      return page;
    },
    GetAccountSummary: ({ operation }) => {
      const entries = summary.map(([key, value]) => wrapped('entry', tag('key', key) + tag('value', String(value))));
      return iam(operation, wrapped('SummaryMap', entries.join('')));
    },
    ListAccountAliases: ({ operation }) => iam(operation, list('AccountAliases', ['bench'])),
    // What the function does besides reading. Its bucket is empty: every run is a first run.
    GetObject: () => ({ status: 404, type: 'text/xml', body: '<Error><Code>NoSuchKey</Code><Message>none</Message></Error>' }),
    PutObject: () => ({ status: 200, type: 'text/xml', body: '' }),
    GetTopicAttributes: ({ operation }) => {
      const confirmed = wrapped('entry', tag('key', 'SubscriptionsConfirmed') + tag('value', '1'));
      return xml(operation, 'http://sns.amazonaws.com/doc/2010-03-31/', wrapped('Attributes', confirmed));
    },
    Publish: ({ operation }) => xml(operation, 'http://sns.amazonaws.com/doc/2010-03-31/', tag('MessageId', 'bench')),
  };
  return (call) => {
    const answer = operations[call.operation];
    if (answer === undefined) throw new RangeError(`the stand-in does not know ${call.operation}`);
    return answer(call);
  };
}
