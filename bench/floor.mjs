// The least that a program for this job has to do: the same reads with the bare SDK, as many at a time, and nothing made
// of the answers. What the auditor takes beyond this is its own.
import { AccountClient, ListRegionsCommand } from '@aws-sdk/client-account';
import {
  DescribeClusterCommand,
  EKSClient,
  ListAddonsCommand,
  ListClustersCommand,
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

async function readRegion(region) {
  const eks = new EKSClient({ ...configuration, region });
  const names = [];
  for (let nextToken; ;) {
    const page = await ask(eks, new ListClustersCommand({ maxResults: 100, nextToken }));
    names.push(...page.clusters);
    nextToken = page.nextToken;
    if (!nextToken) break;
  }
  await Promise.all(
    names.flatMap((name) => [
      ask(eks, new DescribeClusterCommand({ name })),
      ask(eks, new ListAddonsCommand({ clusterName: name, maxResults: 100 })),
      ask(eks, new ListPodIdentityAssociationsCommand({ clusterName: name, maxResults: 100 })),
    ]),
  );
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
