// The least that a program for this job has to do: only the reads without which a rule lacks something, with the bare SDK, as many
// at a time, and nothing made of the answers. What the auditor takes beyond this is its own.
import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import {
  DescribeAddonCommand,
  DescribeAddonConfigurationCommand,
  DescribeClusterCommand,
  DescribeNodegroupCommand,
  DescribePodIdentityAssociationCommand,
  EKSClient,
  ListAddonsCommand,
  ListClustersCommand,
  ListNodegroupsCommand,
  ListPodIdentityAssociationsCommand,
} from '@aws-sdk/client-eks';
import {
  GetAccountAuthorizationDetailsCommand,
  GetAccountSummaryCommand,
  GetOpenIDConnectProviderCommand,
  IAMClient,
  ListAccountAliasesCommand,
  ListOpenIDConnectProvidersCommand,
} from '@aws-sdk/client-iam';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import pLimit from 'p-limit';

const CONCURRENCY = 10;

const limit = pLimit(CONCURRENCY);
const configuration = { region: 'us-east-1', requestHandler: new NodeHttpHandler() };
const iam = new IAMClient(configuration);
const account = new AccountClient(configuration);
const ask = (client, command) => limit(() => client.send(command));

/** Of the made-up account those of which AWS says that they need no permissions. */
const WANT_NOTHING = ['coredns', 'kube-proxy', 'eks-node-monitoring-agent', 'eks-pod-identity-agent'];
const AGENT = 'eks-pod-identity-agent';
/** It has the permissions of the nodes. */
const ON_THE_NODES = 'vpc-cni';

const configurations = new Map();
/** Once for a name and version in the whole account. */
function readConfiguration(eks, addonName, addonVersion) {
  const key = `${addonName} ${addonVersion}`;
  if (!configurations.has(key)) configurations.set(key, ask(eks, new DescribeAddonConfigurationCommand({ addonName, addonVersion })));
  return configurations.get(key);
}

/** Whether it wants permissions and was given no role: then it may have those of the nodes. */
async function readAddon(eks, clusterName, addonName) {
  const { addon } = await ask(eks, new DescribeAddonCommand({ clusterName, addonName }));
  const { podIdentityConfiguration } = await readConfiguration(eks, addonName, addon.addonVersion);
  return addonName !== ON_THE_NODES && addon.serviceAccountRoleArn === undefined && podIdentityConfiguration.length > 0;
}

async function readAddons(eks, clusterName) {
  const { addons } = await ask(eks, new ListAddonsCommand({ clusterName, maxResults: 100 }));
  const wanting = addons.filter((name) => !WANT_NOTHING.includes(name));
  const roleless = await Promise.all(wanting.map((name) => readAddon(eks, clusterName, name)));
  return { hasAgent: addons.includes(AGENT), isRoleless: roleless.includes(true) };
}

async function readAssociations(eks, clusterName) {
  const { associations } = await ask(eks, new ListPodIdentityAssociationsCommand({ clusterName, maxResults: 100 }));
  await Promise.all(
    associations.map(({ associationId }) => ask(eks, new DescribePodIdentityAssociationCommand({ clusterName, associationId }))),
  );
  return associations.length;
}

async function readNodeGroups(eks, clusterName) {
  const { nodegroups } = await ask(eks, new ListNodegroupsCommand({ clusterName, maxResults: 100 }));
  await Promise.all(nodegroups.map((nodegroupName) => ask(eks, new DescribeNodegroupCommand({ clusterName, nodegroupName }))));
}

async function readCluster(eks, name) {
  const [, { hasAgent, isRoleless }, associations] = await Promise.all([
    ask(eks, new DescribeClusterCommand({ name })),
    readAddons(eks, name),
    readAssociations(eks, name),
  ]);
  await Promise.all([
    associations > 0 && hasAgent ? ask(eks, new DescribeAddonCommand({ clusterName: name, addonName: AGENT })) : null,
    associations > 0 || isRoleless ? readNodeGroups(eks, name) : null,
  ]);
}

async function readRegion(region) {
  const eks = new EKSClient({ ...configuration, region });
  const names = [];
  for (let nextToken; ;) {
    const page = await ask(eks, new ListClustersCommand({ maxResults: 100, nextToken }));
    names.push(...page.clusters);
    nextToken = page.nextToken;
    if (!nextToken) break;
  }
  await Promise.all(names.map((name) => readCluster(eks, name)));
}

async function readRegions() {
  const regions = [];
  for (let NextToken; ;) {
    const page = await ask(account, new ListRegionsCommand({ MaxResults: 50, NextToken }));
    regions.push(...page.Regions.filter(({ RegionOptStatus }) => RegionOptStatus.startsWith('ENABLED')));
    NextToken = page.NextToken;
    if (!NextToken) break;
  }
  await Promise.all(regions.map(({ RegionName }) => readRegion(RegionName)));
}

async function readProviders() {
  const { OpenIDConnectProviderList } = await ask(iam, new ListOpenIDConnectProvidersCommand({}));
  await Promise.all(
    OpenIDConnectProviderList.map(({ Arn }) => ask(iam, new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn: Arn }))),
  );
}

async function readRoles() {
  for (let Marker; ;) {
    const page = await ask(
      iam,
      new GetAccountAuthorizationDetailsCommand({ Filter: ['Role', 'LocalManagedPolicy'], MaxItems: 1000, Marker }),
    );
    Marker = page.IsTruncated ? page.Marker : undefined;
    if (Marker === undefined) break;
  }
}

await ask(new STSClient(configuration), new GetCallerIdentityCommand({}));
await Promise.all([
  readRegions(),
  readProviders(),
  readRoles(),
  ask(iam, new GetAccountSummaryCommand({})),
  ask(iam, new ListAccountAliasesCommand({})),
]);
