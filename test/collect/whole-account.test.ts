import { DisableRegionCommand, EnableRegionCommand } from '@aws-sdk/client-account';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { awsPort } from '../../src/collect/aws/aws-port.js';
import { collect } from '../../src/collect/collect.js';
import type { Progress } from '../../src/collect/reading/read-queue.js';
import { READS } from '../../src/collect/reading/reads.js';
import type { Inventory } from '../../src/model/inventory/inventory.js';
import { NOTHING_INSIDE } from '../../src/model/contract/sections.js';
import { known, seen } from '../../src/model/inventory/observed.js';
import { TestAccount, trustFor } from '../support/aws/account.js';
import { FaultyEndpoint } from '../support/aws/faulty-endpoint.js';
import { describeOnMoto } from '../support/aws/moto.js';

const STARTED = '2026-11-23T10:00:00.000Z';
const ISO_DATE = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const permission = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::data/ü%2F*' }] };

describeOnMoto('collecting a whole account with two regions in use', () => {
  const account = new TestAccount();
  const progress: Progress[] = [];
  const made = { prod: { name: '', arn: '', issuer: '' }, south: { name: '', arn: '', issuer: '' }, provider: '', policy: '', role: '' };
  let endpoint: FaultyEndpoint;
  let inventory: Inventory;

  beforeAll(async () => {
    made.prod = await account.cluster('eu-west-1', 'prod', { team: 'a' });
    await account.cluster('eu-west-1', 'dev');
    made.south = await account.cluster('af-south-1', 'prod');
    // Opted into one region and out of another, so that the list of regions matters.
    await account.accountManagement().send(new EnableRegionCommand({ RegionName: 'af-south-1' }));
    await account.accountManagement().send(new DisableRegionCommand({ RegionName: 'eu-west-3' }));
    await account.provider('https://accounts.google.com', []);
    made.provider = await account.provider(made.prod.issuer, ['sts.amazonaws.com', 'other'], {
      'made': 'by hand',
      'irsa-auditor:ignore': 'a-rule',
    });
    made.policy = await account.policy('read-data', permission);
    await account.role('zebra', { Version: '2012-10-17', Statement: [] });
    made.role = await account.role('cart', trustFor(made.provider, made.prod.issuer, 'shop', 'cart'), {
      path: '/apps/',
      inline: { own: permission },
      attachedArns: [made.policy],
      boundaryArn: made.policy,
      tags: { 'owner': 'shop', 'irsa-auditor:ignore': 'a-rule' },
    });
    await account.association('eu-west-1', 'prod', 'shop', 'cart', made.role);
    await account.nodeGroup('eu-west-1', 'prod', 'blue', `arn:aws:iam::${account.id}:role/nodes`);
    for (const name of ['vpc-cni', 'coredns', 'kube-proxy', 'aws-ebs-csi-driver']) await account.addon('eu-west-1', 'prod', name);
    endpoint = await FaultyEndpoint.start();
    account.enter({ endpoint: endpoint.url, region: 'eu-central-1' });
    inventory = await collect(awsPort({ version: '1.2.3' }), {
      regions: 'all',
      now: () => 0,
      startedAt: STARTED,
      deadline: null,
      onProgress: (event) => progress.push(event),
    });
  });
  afterAll(() => endpoint.stop());

  it('names the account, its partition and the time of reading', () => {
    expect(inventory).toMatchObject({ schemaVersion: 1, account: account.id, partition: 'aws', collectedAt: STARTED });
    expect(inventory).toMatchObject({ requestedRegions: 'all', notes: [] });
  });

  it('reads the enabled regions, those opted into with them', () => {
    const regions = seen(inventory.regionList);
    expect(inventory.regionList.known).toBe(true);
    expect(regions).toContain('af-south-1');
    expect(regions).not.toContain('eu-west-3');
    expect(regions).toEqual([...regions].sort());
    expect(inventory.regions.map(({ region }) => region)).toEqual(regions);
    expect(inventory.regions.every(({ clusters }) => clusters.known)).toBe(true);
  });

  it('takes clusters and issuers as EKS gives them, two regions with one name apart', () => {
    const clustersOf = (name: string) =>
      inventory.regions.filter(({ region }) => region === name).flatMap(({ clusters }) => seen(clusters));
    expect(clustersOf('eu-west-1').map(({ name }) => name)).toEqual(['dev', 'prod']);
    expect(clustersOf('eu-west-1')[1]).toEqual({
      name: 'prod',
      region: 'eu-west-1',
      arn: made.prod.arn,
      detail: known({
        status: 'ACTIVE',
        issuer: made.prod.issuer,
        endpoint: expect.stringMatching(/^https:\/\/.*\.eu-west-1\.eks\.amazonaws\.com\/$/),
        certificateAuthority: expect.any(String),
        endpointPublicAccess: null,
        createdAt: expect.stringMatching(ISO_DATE),
        kubernetesVersion: '1.19',
        autoMode: null,
        authenticationMode: null,
        localId: null,
        tags: { team: 'a' },
      }),
      ...NOTHING_INSIDE,
      addons: known(['aws-ebs-csi-driver', 'coredns', 'kube-proxy', 'vpc-cni'].map((name) => expect.objectContaining({ name }))),
      nodeGroups: known([{ name: 'blue', roleArn: known(`arn:aws:iam::${account.id}:role/nodes`) }]),
      podIdentityAssociations: known([
        {
          namespace: 'shop',
          serviceAccount: 'cart',
          id: expect.any(String),
          ownerArn: null,
          roleArn: made.role,
          targetRoleArn: null,
          disableSessionTags: false,
          externalId: null,
        },
      ]),
    });
    expect(clustersOf('af-south-1')[0]).toMatchObject({ arn: made.south.arn, detail: { value: { issuer: made.south.issuer } } });
  });

  it('reads every provider with its audiences, none of them included', () => {
    const ofGoogle = `arn:aws:iam::${account.id}:oidc-provider/accounts.google.com`;
    expect(seen(inventory.providers)).toEqual([
      { arn: ofGoogle, detail: known(expect.objectContaining({ url: 'accounts.google.com', clientIds: [] })) },
      {
        arn: made.provider,
        detail: known({
          url: made.prod.issuer.replace('https://', ''),
          clientIds: ['sts.amazonaws.com', 'other'],
          thumbprints: ['9e99a48a9960b14926bb7f3b02e22da2b0ab7280'],
          createdAt: expect.stringMatching(ISO_DATE),
          tags: { 'irsa-auditor:ignore': 'a-rule' },
        }),
      },
    ]);
  });

  it('reads every role with policies, boundary and the one tag that counts, sorted by ARN', () => {
    const roles = seen(inventory.roles);
    expect(roles.map(({ name }) => name)).toEqual(['cart', 'zebra']);
    expect(roles[0]).toEqual({
      arn: made.role,
      name: 'cart',
      path: '/apps/',
      createdAt: expect.stringMatching(ISO_DATE),
      trustPolicy: trustFor(made.provider, made.prod.issuer, 'shop', 'cart'),
      inlinePolicies: [{ name: 'own', document: permission }],
      attachedPolicyArns: [made.policy],
      permissionsBoundaryArn: made.policy,
      tags: { 'irsa-auditor:ignore': 'a-rule' },
      lastUsed: null,
    });
    expect(inventory.managedPolicies).toEqual(known([{ arn: made.policy, document: permission }]));
  });

  it("reads the account's limits", () => {
    expect(inventory.quotas).toEqual(known({ trustPolicyLength: 2048, roles: 1000 }));
  });

  it('makes the calls of the table of reads and no other, each as often as it says', () => {
    const regions = inventory.regions.length;
    expect(inventory.calls).toEqual({
      'account:ListRegions': 1,
      // Of the two that want something.
      'eks:DescribeAddon': 2,
      'eks:DescribeAddonConfiguration': 2,
      'eks:DescribeCluster': 3,
      'eks:DescribeNodegroup': 1,
      'eks:DescribePodIdentityAssociation': 1,
      'eks:ListAddons': 3,
      'eks:ListClusters': regions,
      'eks:ListNodegroups': 1,
      'eks:ListPodIdentityAssociations': 3,
      'iam:GetAccountAuthorizationDetails': 1,
      'iam:GetAccountSummary': 1,
      'iam:GetOpenIDConnectProvider': 2,
      'iam:ListAccountAliases': 1,
      'iam:ListOpenIDConnectProviders': 1,
      'sts:GetCallerIdentity': 1,
    });
    const overTheWire = endpoint.seen.map(({ service, operation }) => `${service}:${operation}`);
    for (const { action } of READS) expect(overTheWire.filter((call) => call === action)).toHaveLength(inventory.calls[action] ?? 0);
    expect(new Set(overTheWire)).toEqual(new Set(READS.map(({ action }) => action)));
  });

  it('asks global services in the home region, STS in its own, and says who it is', () => {
    const regionsOf = (wanted: string) => new Set(endpoint.seen.filter(({ service }) => service === wanted).map(({ region }) => region));
    expect(regionsOf('iam')).toEqual(new Set(['us-east-1']));
    expect(regionsOf('account')).toEqual(new Set(['us-east-1']));
    expect(regionsOf('sts')).toEqual(new Set(['eu-central-1']));
    expect(endpoint.seen.every(({ userAgent }) => userAgent.includes('irsa-auditor/1.2.3'))).toBe(true);
  });

  it('tells its progress call by call, to the last one', () => {
    const calls = Object.values(inventory.calls).reduce((sum, count) => sum + count, 0);
    for (const state of ['asked', 'ended']) expect(progress.filter((told) => told.state === state)).toHaveLength(calls);
    expect(progress.at(-1)).toMatchObject({ state: 'ended', done: calls, asked: calls });
  });
});
