import { describe, expect, it } from '@jest/globals';
import type { Cluster, Inventory } from '../../src/model/inventory/inventory.js';
import { known } from '../../src/model/inventory/observed.js';
import { DEFAULT_SETTINGS } from '../../src/model/report/settings.js';
import { followWorkload } from '../../src/pipeline/pipeline.js';
import { renderChain } from '../../src/report/screens/chain.js';
import { account, container, ROLE, toldOfAgent, why, workload } from './account-of-chain.js';

const bare = container({ variables: [], roleArn: null, tokenFile: null });
const nodeGroups: Cluster['nodeGroups'] = known([{ name: 'blue', roleArn: known('arn:aws:iam::210987654321:role/eks/nodes') }]);
const NODE = 'User: arn:aws:sts::210987654321:assumed-role/nodes/i-… is not authorized to perform: …';

const printed = (inventory: Inventory, serviceAccount: string): string =>
  renderChain(followWorkload(inventory, { cluster: 'prod', namespace: 'shop', serviceAccount }, DEFAULT_SETTINGS), {
    ...{ color: false, width: null, links: false, shell: 'posix', program: 'irsa-auditor', self: 'irsa-auditor why', written: null },
    verbose: false,
  });

describe('pods that nothing gave credentials', () => {
  const lacking = (over: Partial<Cluster> = {}, fargate = false): Inventory =>
    account({}, (prod) => ({ ...prod, workloads: known([workload({ containers: [bare], fargate })]), ...over }));

  it('are told what else SDKs say of that, by the role of the nodes', () => {
    expect(why(lacking({ nodeGroups })).withoutRole).toEqual([
      'Unable to locate credentials',
      'no EC2 IMDS role found',
      expect.stringContaining(NODE),
    ]);
    expect(why(lacking()).withoutRole.at(-1)).toContain('assumed-role/<role of the node>/i-…');
    expect(printed(lacking({ nodeGroups }), 'app')).toContain(
      `or, by SDK and node: no EC2 IMDS role found; AccessDeniedException: ${NODE}`,
    );
  });

  it('have no node to ask on Fargate', () => expect(why(lacking({}, true)).withoutRole).toEqual(['Unable to locate credentials']));

  it('are not those that STS refuses, nor those that have their role', () => {
    expect(why(account({ roles: ['another service account'] })).withoutRole).toEqual([]);
    expect(why(account()).withoutRole).toEqual([]);
  });
});

describe('a pod that runs as default', () => {
  const running = (...accounts: readonly string[]): Inventory =>
    account({}, (prod) => ({
      ...prod,
      nodeGroups,
      serviceAccounts: known([
        { namespace: 'shop', name: 'default', annotations: {} },
        ...accounts.map((name) => ({ namespace: 'shop', name, annotations: { 'eks.amazonaws.com/role-arn': ROLE } })),
        { namespace: 'web', name: 'elsewhere', annotations: { 'eks.amazonaws.com/role-arn': ROLE } },
      ]),
      workloads: known([
        workload({ serviceAccount: 'default', owner: { kind: 'Deployment', name: 'till' }, example: 'till-1', containers: [bare] }),
      ]),
    }));

  it.each([
    [[], /no role is set up for it\.\n/],
    [['app'], /In its namespace app has one, for pods whose template names it \(serviceAccountName\)\.\n/],
    [['app', 'web'], /In its namespace app, web have one, for pods whose template names one of them \(serviceAccountName\)\.\n/],
  ])('has no role, and is told who has one: %j', (accounts, words) => {
    const inventory = running(...accounts);
    const text = printed(inventory, 'default');
    expect(why(inventory, { serviceAccount: 'default' }).verdict).toBe('holds');
    expect(text).toMatch(/^shop\/default in prod has no role: none is set up for it/);
    expect(text).toMatch(words);
    expect(text).toContain(`Error in the pod, should it call AWS: Unable to locate credentials; no EC2 IMDS role found;`);
    expect(text).toContain(NODE);
    expect(text).not.toContain('Not in configuration');
  });
});

describe('a chain whose links all hold', () => {
  it('says what no configuration shows, and what does', () => {
    expect(printed(account(), 'app')).toMatch(
      /Not in configuration: the network from the pod to STS, [^]*\$ irsa-auditor probe sa\/app -n shop --cluster eu-west-1\/prod --pod\n[^]*\$ aws cloudtrail lookup-events --region eu-west-1 [^\n]*AttributeKey=ResourceName,AttributeValue=arn:aws:iam::210987654321:role\/role-0\n/,
    );
  });

  it('says it of the agent where that gives the credentials', () => {
    const trust = { Effect: 'Allow', Principal: { Service: 'pods.eks.amazonaws.com' }, Action: ['sts:AssumeRole', 'sts:TagSession'] };
    const inventory = account({ annotated: null }, (prod) => ({
      ...prod,
      podIdentityAssociations: known([{ namespace: 'shop', serviceAccount: 'app', roleArn: ROLE }]),
      podIdentityAgent: known({ desired: 1, ready: 1 }),
      workloads: known([workload({ containers: [toldOfAgent()] })]),
    }));
    const roles = inventory.roles.known
      ? inventory.roles.value.map((role) => ({ ...role, trustPolicy: { Version: '2012-10-17', Statement: [trust] } }))
      : [];
    const text = printed({ ...inventory, roles: known(roles) }, 'app');
    expect(text).toContain('the network from the pod to the Pod Identity agent (169.254.170.23, [fd00:ec2::23])');
    expect(text).toContain('AttributeKey=EventName,AttributeValue=AssumeRoleForPodIdentity');
  });

  it('says nothing of it where one is broken', () =>
    expect(printed(account({ roles: ['another service account'] }), 'app')).not.toContain('Not in configuration'));
});
