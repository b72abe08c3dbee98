import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { READS } from '../src/collect/reading/reads.js';

/** The IAM actions of the audit, straight from the table that the reading code works by. */
export function readActions(): readonly string[] {
  return READS.filter((read) => !('needsNoPermission' in read))
    .map((read) => read.action)
    .sort();
}

/** Reading, nothing else. The audit lists before it knows any name, so no resource can be named here. */
export function readStatement(): PolicyStatement {
  return new PolicyStatement({ sid: 'ReadForTheAudit', actions: [...readActions()], resources: ['*'] });
}
