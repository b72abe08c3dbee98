import type { ToldCase } from './text-of-case.js';

const ANNOTATION = 'eks.amazonaws.com/role-arn';

const has = <T>(list: readonly T[] | null | undefined, is: (one: T) => boolean): boolean => (list ?? []).some(is);

/** What a case itself says against a cause, read from its JSON with no rule in between. */
const AGAINST: Readonly<Record<string, (given: ToldCase, text: string) => boolean>> = {
  'provider-missing': ({ providers }, text) => {
    const [, issuer] = /found in your account for https:\/\/([^\s"]+)/.exec(text) ?? [];
    return issuer !== undefined && has(providers, ({ arn }) => arn.endsWith(`/${issuer}`));
  },
  'annotation-role-missing': ({ serviceAccounts, roles, pods }) =>
    !has(
      serviceAccounts,
      ({ annotations }) => annotations?.[ANNOTATION] !== undefined && !has(roles, ({ arn }) => arn === annotations[ANNOTATION]),
    ) &&
    !has(pods, ({ env }) => env?.['AWS_ROLE_ARN'] !== undefined && !has(roles, ({ arn }) => arn === env['AWS_ROLE_ARN'])) &&
    serviceAccounts !== undefined,
  'association-role-missing': ({ podIdentityAssociations, roles }) =>
    podIdentityAssociations !== undefined &&
    !has(podIdentityAssociations, ({ roleArn, targetRoleArn = roleArn }) =>
      [roleArn, targetRoleArn].some((one) => !has(roles, ({ arn }) => arn === one)),
    ),
  'service-account-missing': ({ serviceAccounts, clusters }, text) => {
    const [, namespace, name] = /service account ([^/\s]+)\/([^:\s]+):/.exec(text) ?? [];
    return (
      (clusters ?? []).length > 0 &&
      (clusters ?? []).every((cluster) =>
        has(serviceAccounts, (one) => one.cluster === cluster.name && one.namespace === namespace && one.name === name),
      )
    );
  },
  'pod-credentials-overridden': ({ pods }) => pods !== undefined && pods.every((pod) => !/"AWS_|containers/.test(JSON.stringify(pod))),
  'provider-audience-missing': ({ providers, serviceAccounts, roles, addons }) =>
    // Add-ons that nobody asked for may use another audience.
    addons !== undefined &&
    (providers ?? []).length > 0 &&
    (providers ?? []).every(({ clientIds }) => clientIds === undefined || clientIds.includes('sts.amazonaws.com')) &&
    !JSON.stringify(serviceAccounts ?? []).includes('eks.amazonaws.com/audience') &&
    !/:aud"/.test(JSON.stringify(roles ?? []).replaceAll(/:aud": ?"sts\.amazonaws\.com"/g, '')),
  'webhook-missing': ({ pods }) => pods !== undefined && pods.length > 0 && pods.every(({ env }) => env?.['AWS_ROLE_ARN'] !== undefined),
};

/** Whether a case shows that a cause is not the one: what an inventory refutes in any case. */
export function saysOtherwise(rule: string, given: ToldCase, text: string): boolean {
  return AGAINST[rule]?.(given, text) ?? false;
}
