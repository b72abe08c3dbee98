import { describe, expect, it } from '@jest/globals';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { collect } from '../../src/collect/collect.js';
import { unreadIn } from '../../src/engine/run/coverage.js';
import { printInventory } from '../../src/saved/inventory-file.js';
import { type Fault, rawAnswer } from '../support/aws/faulty-endpoint.js';
import { faultyAwsInMemory } from './aws-in-memory.js';

const DEEP = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
const DEEP_OBJECT = `${'{"a":'.repeat(50_000)}1${'}'.repeat(50_000)}`;
const STRANGE = ['5', DEEP];

const cluster = (members: string) => `{"cluster":{"arn":"arn:x","status":"ACTIVE",${members}}}`;

/** Answers of EKS with a value of another type in place of X, by operation. */
const ANSWERS: readonly (readonly [string, string])[] = [
  ['ListClusters', '{"clusters":[X]}'],
  ['ListClusters', '{"clusters":["prod"],"nextToken":X}'],
  ['DescribeCluster', '{"cluster":{"arn":X,"status":"ACTIVE"}}'],
  ['DescribeCluster', '{"cluster":{"arn":"arn:x","status":X}}'],
  ['DescribeCluster', cluster('"identity":{"oidc":{"issuer":X}}')],
  ['DescribeCluster', cluster('"endpoint":X')],
  ['DescribeCluster', cluster('"certificateAuthority":{"data":X}')],
  ['DescribeCluster', cluster('"version":X')],
  ['DescribeCluster', cluster('"accessConfig":{"authenticationMode":X}')],
  ['DescribeCluster', cluster('"id":X')],
  ['DescribeCluster', cluster('"tags":{"team":X}')],
  ['ListPodIdentityAssociations', '{"associations":[{"namespace":X,"serviceAccount":"s","associationId":"a"}]}'],
  ['ListPodIdentityAssociations', '{"associations":[{"namespace":"n","serviceAccount":X,"associationId":"a"}]}'],
  ['ListPodIdentityAssociations', '{"associations":[{"namespace":"n","serviceAccount":"s","associationId":X}]}'],
  ['ListPodIdentityAssociations', '{"associations":[{"namespace":"n","serviceAccount":"s","associationId":"a","ownerArn":X}]}'],
  ['DescribePodIdentityAssociation', '{"association":{"roleArn":X}}'],
  ['DescribePodIdentityAssociation', '{"association":{"roleArn":"r","targetRoleArn":X}}'],
  ['DescribePodIdentityAssociation', '{"association":{"roleArn":"r","externalId":X}}'],
  ['ListAddons', '{"addons":[X]}'],
  ['DescribeAddon', '{"addon":{"addonVersion":X,"status":"ACTIVE"}}'],
  ['DescribeAddon', '{"addon":{"addonVersion":"v","status":X}}'],
  ['DescribeAddon', '{"addon":{"addonVersion":"v","status":"ACTIVE","serviceAccountRoleArn":X}}'],
  ['DescribeAddon', '{"addon":{"addonVersion":"v","status":"ACTIVE","namespaceConfig":{"namespace":X}}}'],
  ['DescribeAddon', '{"addon":{"addonVersion":"v","status":"ACTIVE","configurationValues":X}}'],
  ['DescribeAddon', '{"addon":{"addonVersion":"v","status":"ACTIVE","health":{"issues":[{"code":X}]}}}'],
  ['DescribeAddonConfiguration', '{"podIdentityConfiguration":[{"serviceAccount":X,"recommendedManagedPolicies":[]}]}'],
  ['DescribeAddonConfiguration', '{"podIdentityConfiguration":[{"serviceAccount":"s","recommendedManagedPolicies":[X]}]}'],
  ['ListNodegroups', '{"nodegroups":[X]}'],
  ['DescribeNodegroup', '{"nodegroup":{"nodeRole":X}}'],
  ['ListRegions', '{"Regions":[{"RegionName":X,"RegionOptStatus":"ENABLED"}]}'],
];

describe('an answer whose values are of another type than AWS promises', () => {
  const aws = faultyAwsInMemory();

  const unread = async (operation: string, fault: Fault): Promise<readonly string[]> => {
    aws.endpoint.on({ operation }, fault);
    const inventory = await collect(awsPort({ version: '0', maxAttempts: 1 }), {
      regions: operation === 'ListRegions' ? 'all' : ['eu-west-1'],
      now: () => 0,
      startedAt: '2026-11-23T10:00:00.000Z',
      deadline: null,
    });
    // What is deep enough cannot even be written down.
    printInventory(inventory);
    return unreadIn(inventory, []).map(({ what, reason }) => `${what} ${reason}`);
  };

  it.each(ANSWERS)('%s is malformed: %s', async (operation, answer) => {
    for (const strange of STRANGE) {
      aws.endpoint.clear();
      const service = operation === 'ListRegions' ? 'account' : 'eks';
      expect(await unread(operation, rawAnswer(answer.replace('X', () => strange)))).toContain(`${service}:${operation} malformed`);
    }
  });

  it.each([
    ['ListClusters', '[]'],
    ['DescribeCluster', '{"cluster":5}'],
    ['DescribeCluster', '{"cluster":[]}'],
    ['DescribeCluster', cluster('"createdAt":1e300')],
    ['DescribeCluster', cluster('"createdAt":"yesterday"')],
    ['DescribeCluster', cluster('"resourcesVpcConfig":{"endpointPublicAccess":"yes"}')],
    ['DescribeCluster', cluster('"computeConfig":{"enabled":"yes"}')],
    ['DescribeCluster', cluster('"remoteNetworkConfig":{"remoteNodeNetworks":{"length":1}}')],
    ['ListPodIdentityAssociations', '{"associations":{"a":1}}'],
    ['ListPodIdentityAssociations', '{"associations":[5]}'],
    ['DescribePodIdentityAssociation', '{"association":{"roleArn":"r","disableSessionTags":"yes"}}'],
    ['DescribeAddonConfiguration', '{"podIdentityConfiguration":5}'],
    ['DescribeAddon', '{"addon":{"addonVersion":"v","status":"ACTIVE","health":{"issues":5}}}'],
  ])('%s is malformed: %s', async (operation, answer) => {
    expect(await unread(operation, rawAnswer(answer))).toContain(`eks:${operation} malformed`);
  });

  it.each([
    ['a deep list', DEEP],
    ['a deep object', DEEP_OBJECT],
    ['a deep tag', cluster(`"tags":{"team":${DEEP_OBJECT}}`)],
  ])('DescribeCluster is malformed with %s', async (_, answer) => {
    expect(await unread('DescribeCluster', rawAnswer(answer))).toContain('eks:DescribeCluster malformed');
  });

  it.each([
    ['ListOpenIDConnectProviders', '<OpenIDConnectProviderList><member><Arn><a>x</a></Arn></member></OpenIDConnectProviderList>'],
    ['GetOpenIDConnectProvider', '<Url><a>x</a></Url><ClientIDList/>'],
    ['GetOpenIDConnectProvider', '<Url>p</Url><ClientIDList><member><a>x</a></member></ClientIDList>'],
    ['GetAccountAuthorizationDetails', '<RoleDetailList><member><Arn><a>x</a></Arn></member></RoleDetailList><Policies/>'],
    ['GetAccountSummary', '<SummaryMap><entry><key>RolesQuota</key><value>many</value></entry></SummaryMap>'],
  ])('%s is malformed: %s', async (operation, content) => {
    const body = `<R><${operation}Result>${content}</${operation}Result></R>`;
    expect(await unread(operation, rawAnswer(body, 'text/xml'))).toContain(`iam:${operation} malformed`);
  });

  it.each([
    ['of a file', '<!ENTITY x SYSTEM "file:///etc/passwd">', '&x;'],
    ['of an address', '<!ENTITY x SYSTEM "http://127.0.0.1:1/">', '&x;'],
    ['of its own text', '<!ENTITY x "expanded">', '&x;'],
    ['of others', `<!ENTITY y "expanded"><!ENTITY x "${'&y;'.repeat(1_000)}">`, '&x;'.repeat(1_000)],
  ])('takes no text from an entity %s', async (_, entities, value) => {
    const content = `<OpenIDConnectProviderList><member><Arn>${value}</Arn></member></OpenIDConnectProviderList>`;
    const body = `<?xml version="1.0"?><!DOCTYPE R [${entities}]><R><ListOpenIDConnectProvidersResult>${content}</ListOpenIDConnectProvidersResult></R>`;
    aws.endpoint.on({ operation: 'ListOpenIDConnectProviders' }, rawAnswer(body, 'text/xml'));
    const { providers } = await collect(awsPort({ version: '0', maxAttempts: 1 }), {
      regions: ['eu-west-1'],
      now: () => 0,
      startedAt: '2026-11-23T10:00:00.000Z',
      deadline: null,
    });
    expect(JSON.stringify(providers)).not.toMatch(/root:|expanded/);
  });
});
