import type { WritableApiServer } from '../collect/kubernetes/ports.js';
import type { Probe, ProbePlan } from '../model/report/probe.js';
import { agrees, expectedOf } from './expected-outcome.js';
import { takeRole } from './assume-role.js';
import { claimsOf, requestToken } from './token.js';

/** Takes the role of a service account as its pods would, without a pod. @throws ProbeError where nothing could be tried */
export async function probe(server: WritableApiServer, plan: ProbePlan, signal: AbortSignal): Promise<Probe> {
  const { target } = plan.chain;
  const token = await requestToken(server, target, plan.audience, signal);
  const claims = claimsOf(token);
  const outcome = await takeRole(target.region, plan.roleArn, token, signal);
  const expected = expectedOf(plan.chain);
  return { ...plan, claims, expected, outcome, asExpected: agrees(expected, outcome) };
}
