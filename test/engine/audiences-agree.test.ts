import { describe, expect, it } from '@jest/globals';
import { chainOf } from '../../src/engine/chain/chain.js';
import { known, seen, unknown } from '../../src/model/inventory/observed.js';
import { auditInventory } from '../../src/pipeline/pipeline.js';
import { RULES } from '../../src/rules/index.js';
import { inventoryOfCase, type Case } from '../cases/inventory-of-case.js';

const [STS, CN, OWN] = ['sts.amazonaws.com', 'sts.amazonaws.com.cn', 'vault.northwind.example'];
const LISTS = [[STS], [CN], [OWN], [STS, CN], [CN, OWN]];

interface Setup {
  readonly partition: 'aws' | 'aws-cn';
  readonly listed: readonly string[];
  readonly required: readonly string[];
  /** What the service account asks for. */
  readonly asked?: string | undefined;
  /** What the token of its pods is for. */
  readonly token?: string | undefined;
  /** What another one of the same role asks for. */
  readonly other?: string | undefined;
}

function caseOf({ partition, listed, required, asked, token, other }: Setup): Case {
  const [region, host] =
    partition === 'aws' ? ['eu-west-1', 'oidc.eks.eu-west-1.amazonaws.com'] : ['cn-north-1', 'oidc.eks.cn-north-1.amazonaws.com.cn'];
  const url = `${host}/id/C55341D71E294948F4300314370BFA5C`;
  const provider = `arn:${partition}:iam::418273650914:oidc-provider/${url}`;
  const arn = `arn:${partition}:iam::418273650914:role/invoice`;
  const account = (name: string, audience: string | undefined): object => ({
    cluster: 'pay',
    namespace: 'billing',
    name,
    annotations: { 'eks.amazonaws.com/role-arn': arn, ...(audience === undefined ? {} : { 'eks.amazonaws.com/audience': audience }) },
  });
  const volume = { name: 'aws-iam-token', projected: { sources: [{ serviceAccountToken: { audience: token, path: 'token' } }] } };
  const file = '/var/run/secrets/eks.amazonaws.com/serviceaccount';
  return {
    account: '418273650914',
    region,
    partition,
    clusters: [{ name: 'pay', region, issuer: `https://${url}` }],
    providers: [{ arn: provider, url, clientIds: listed }],
    roles: [
      {
        arn,
        attachedPolicies: [`arn:${partition}:iam::aws:policy/AmazonS3ReadOnlyAccess`],
        trustPolicy: {
          Version: '2012-10-17',
          Statement: [
            {
              Effect: 'Allow',
              Principal: { Federated: provider },
              Action: 'sts:AssumeRoleWithWebIdentity',
              Condition: {
                StringEquals: {
                  [`${url}:aud`]: required,
                  [`${url}:sub`]: [
                    'system:serviceaccount:billing:mailer',
                    ...(other === undefined ? [] : ['system:serviceaccount:billing:invoice']),
                  ],
                },
              },
            },
          ],
        },
      },
    ],
    serviceAccounts: [account('mailer', asked), ...(other === undefined ? [] : [account('invoice', other)])],
    pods:
      token === undefined
        ? []
        : [
            {
              cluster: 'pay',
              namespace: 'billing',
              name: 'mailer-1',
              serviceAccountName: 'mailer',
              volumes: [volume],
              containers: [
                {
                  name: 'app',
                  env: { AWS_ROLE_ARN: arn, AWS_WEB_IDENTITY_TOKEN_FILE: `${file}/token` },
                  volumeMounts: [{ name: 'aws-iam-token', mountPath: file }],
                },
              ],
            },
          ],
  } as unknown as Case;
}

/** Elsewhere than in China the default is settled, whatever pods say. */
const UNSEEN = [{ token: undefined, other: undefined }];
const SEEN = [undefined, STS, CN].flatMap((token) => [undefined, CN].map((other) => ({ token, other })));

const setups: readonly Setup[] = (['aws', 'aws-cn'] as const).flatMap((partition) =>
  LISTS.flatMap((listed) =>
    LISTS.flatMap((required) =>
      [undefined, STS, CN].flatMap((asked) =>
        (partition === 'aws' ? UNSEEN : SEEN).map((seenOf) => ({ partition, listed, required, asked, ...seenOf })),
      ),
    ),
  ),
);

/** What the audit tells of one service account: a break of its own, of its provider, or of its role. */
function judged(setup: Setup): { readonly said: string; readonly told: string } {
  const inventory = inventoryOfCase(caseOf(setup));
  const report = auditInventory(inventory);
  const [cluster] = inventory.regions.flatMap(({ clusters }) => seen(clusters));
  if (cluster === undefined) throw new Error('every setup has a cluster');
  const target = { region: cluster.region, cluster: 'pay', namespace: 'billing', serviceAccount: 'mailer', pod: null };
  const chain = chainOf(inventory, { rules: RULES, report }, cluster, target);
  const isBreak = (id: string): boolean => RULES.some((rule) => rule.id === id && rule.kind === 'break');
  const breaks = report.findings.filter(({ rule, subject }) => isBreak(rule) && !subject.id.endsWith('billing/invoice'));
  // Whether the pods are there is another question.
  const links = chain.links.filter(({ link, state }) => link !== 'pod' || state === 'broken');
  const said = links.some(({ state }) => state === 'broken') ? 'broken' : links.every(({ state }) => state === 'ok') ? 'holds' : 'open';
  return {
    said,
    told: breaks.length === 0 ? 'clean' : breaks.every(({ confidence }) => confidence === 'possible') ? 'possible' : 'broken',
  };
}

describe('audiences of tokens', () => {
  const all = setups.map((setup) => ({ setup, ...judged(setup) }));

  it('are judged by audit and why alike, whatever provider, role, annotation and pods say', () => {
    const apart = all.filter(({ setup, said, told }) => {
      // What is told of the role or the provider may be of the other one.
      const isAlone = setup.other === undefined || (setup.listed.includes(CN) && setup.required.includes(CN));
      const fitting: Readonly<Record<string, readonly string[]>> = {
        clean: ['holds'],
        possible: ['open'],
        broken: isAlone ? ['broken'] : ['broken', 'holds', 'open'],
      };
      return fitting[told]?.includes(said) !== true;
    });
    expect(apart.map((one) => JSON.stringify(one))).toEqual([]);
  });

  it('are certain in China where an annotation or a token says which they are', () => {
    const isSure = ({ asked, token }: Setup): boolean => asked !== undefined || token === STS;
    expect(all.filter(({ setup, said }) => isSure(setup) && said === 'open').map((one) => JSON.stringify(one))).toEqual([]);
  });

  it('are refused by a provider that lists none, whoever was not read', () => {
    const inventory = inventoryOfCase(caseOf({ partition: 'aws', listed: [], required: [STS] }));
    const unread = unknown('denied', 'taken away');
    const regions = inventory.regions.map((region) => ({
      ...region,
      clusters: known(seen(region.clusters).map((cluster) => ({ ...cluster, serviceAccounts: unread, workloads: unread }))),
    }));
    const [found] = auditInventory({ ...inventory, regions }).findings.filter(({ rule }) => rule === 'provider-audience-missing');
    expect(found).toMatchObject({ severity: 'high', confidence: 'likely', fix: { commands: [], verified: false } });
  });
});
