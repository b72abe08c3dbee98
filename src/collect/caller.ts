import type { Role } from '../model/inventory/inventory.js';
import { seen, type Observed } from '../model/inventory/observed.js';
import { identify, withQueue, type RunLimits } from './collect.js';
import { observe } from './reading/observe.js';
import { homeRegion } from '../model/inventory/partitions.js';
import type { AwsPort } from './reading/ports.js';

/** A role or user by its ARN, or why the credentials do not tell it. */
export type Caller = { readonly arn: string } | { readonly arn: null; readonly why: string };

/**
 * Who the ambient credentials are, as an access entry has to name them. Of a role they tell the name of a session, which
 * lacks the role's path: a name is one role's alone, so the path is looked up.
 * @param roles those that were read already
 */
export function callerOf(aws: AwsPort, roles: Observed<readonly Role[]>, limits: RunLimits): Promise<Caller> {
  return withQueue(aws, limits, async (queue) => {
    const { arn, account, partition, region } = await identify({ aws, queue });
    if (/^arn:[^:]+:iam::\d+:user\//.test(arn)) return { arn };
    const name = /^arn:[^:]+:sts::\d+:assumed-role\/([^/]+)\//.exec(arn)?.[1];
    if (name === undefined) return { arn: null, why: `The credentials are those of ${arn}, which is neither a role nor a user.` };
    const among = seen(roles).find((role) => role.name === name && role.arn.split(':')[4] === account);
    if (among !== undefined) return { arn: among.arn };
    const home = homeRegion(partition) ?? region;
    const role = await observe(queue.ask('iam:GetRole', name, (signal) => aws.getRole(home, name, signal)));
    if (role.known && role.value !== null) return { arn: role.value.arn };
    const because = role.known ? 'IAM knows no role of this name' : `iam:GetRole: ${role.detail}`;
    return {
      arn: null,
      why: `The credentials are a session of the role ${name}, whose path they do not tell, and it could not be read (${because}).`,
    };
  });
}
