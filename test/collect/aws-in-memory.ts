import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { TestAccount } from '../support/aws/account.js';
import { FaultyEndpoint } from '../support/aws/faulty-endpoint.js';

const ARN = 'arn:aws:iam::111122223333';
const ROLE = `<Arn>${ARN}:role/r</Arn><RoleName>r</RoleName><AssumeRolePolicyDocument>%7B%7D</AssumeRolePolicyDocument>`;

/** What each operation of the table of reads is answered with: an account that has one of everything, but for add-ons that want nothing. */
const ANSWERS: Readonly<Record<string, string>> = {
  GetCallerIdentity: `<Arn>${ARN}:user/u</Arn><Account>111122223333</Account>`,
  ListOpenIDConnectProviders: `<OpenIDConnectProviderList><member><Arn>${ARN}:oidc-provider/p</Arn></member></OpenIDConnectProviderList>`,
  GetOpenIDConnectProvider: '<Url>p</Url><ClientIDList/>',
  GetAccountAuthorizationDetails: `<RoleDetailList><member>${ROLE}</member></RoleDetailList><Policies/>`,
  GetAccountSummary: '<SummaryMap><entry><key>RolesQuota</key><value>1000</value></entry></SummaryMap>',
  ListAccountAliases: '<AccountAliases><member>harbour-lane-prod</member></AccountAliases>',
  GetRole: `<Role>${ROLE}</Role>`,
  ListAttachedRolePolicies: '<AttachedPolicies/>',
  ListRolePolicies: '<PolicyNames/>',
  ListRegions: '{"Regions":[{"RegionName":"eu-west-1","RegionOptStatus":"ENABLED"}]}',
  ListClusters: '{"clusters":["prod"]}',
  DescribeCluster: '{"cluster":{"arn":"arn:aws:eks:eu-west-1:111122223333:cluster/prod","status":"ACTIVE"}}',
  ListPodIdentityAssociations: '{"associations":[{"namespace":"n","serviceAccount":"s","associationId":"a-1"}]}',
  DescribePodIdentityAssociation: `{"association":{"roleArn":"${ARN}:role/r"}}`,
  ListAddons: '{"addons":["coredns","eks-node-monitoring-agent","kube-proxy","vpc-cni"]}',
  DescribeAddon: '{"addon":{"addonVersion":"v1","status":"ACTIVE"}}',
  DescribeAddonConfiguration: '{"podIdentityConfiguration":[]}',
  ListNodegroups: '{"nodegroups":["g"]}',
  DescribeNodegroup: `{"nodegroup":{"nodeRole":"${ARN}:role/r"}}`,
};

const EKS: readonly (readonly [RegExp, string])[] = [
  [/^\/listRegions/, 'ListRegions'],
  [/^\/clusters(\?|$)/, 'ListClusters'],
  [/\/pod-identity-associations(\?|$)/, 'ListPodIdentityAssociations'],
  [/\/pod-identity-associations\//, 'DescribePodIdentityAssociation'],
  [/^\/clusters\/[^/]+\/addons(\?|$)/, 'ListAddons'],
  [/^\/clusters\/[^/]+\/addons\//, 'DescribeAddon'],
  [/\/node-groups(\?|$)/, 'ListNodegroups'],
  [/\/node-groups\//, 'DescribeNodegroup'],
  [/^\/addons\//, 'DescribeAddonConfiguration'],
];

function operationOf(url: string, body: string): string {
  return /Action=(\w+)/.exec(body)?.[1] ?? EKS.find(([path]) => path.test(url))?.[1] ?? 'DescribeCluster';
}

/** An address that answers at once: what a FaultyEndpoint passes calls on to where nobody needs moto. @returns how to stop it */
export async function awsInMemory(): Promise<{ readonly url: string; readonly stop: () => void }> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const operation = operationOf(request.url ?? '', body);
      const answer = ANSWERS[operation] ?? '';
      const isXml = !answer.startsWith('{');
      const whole = isXml ? `<R><${operation}Result>${answer}</${operation}Result></R>` : answer;
      response.writeHead(200, { 'content-type': isXml ? 'text/xml' : 'application/json' }).end(whole);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** For the tests of one `describe`: that account behind an endpoint that is new for each test and fails as told. */
export function faultyAwsInMemory(): { readonly endpoint: FaultyEndpoint } {
  let aws: Awaited<ReturnType<typeof awsInMemory>>;
  let endpoint: FaultyEndpoint;
  beforeAll(async () => {
    aws = await awsInMemory();
  });
  afterAll(() => aws.stop());
  beforeEach(async () => {
    endpoint = await FaultyEndpoint.start(aws.url);
    new TestAccount().enter({ endpoint: endpoint.url, region: 'eu-west-1' });
  });
  afterEach(() => endpoint.stop());
  return {
    get endpoint() {
      return endpoint;
    },
  };
}
