import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { IrsaAuditor, type IrsaAuditorProps } from '../../infra/irsa-auditor.js';
import { IrsaAuditorStack } from '../../infra/irsa-auditor-stack.js';

/** The feature flags under which the repository's own app runs. */
const FLAGS = (JSON.parse(readFileSync('cdk.json', 'utf8')) as { context: Record<string, unknown> }).context;

export function app(context: Record<string, unknown> = {}): App {
  return new App({ context: { ...FLAGS, ...context } });
}

/** The stack as `cdk deploy -c name=value …` makes it. */
export function stackOf(context: Record<string, unknown> = {}): IrsaAuditorStack {
  return new IrsaAuditorStack(app(context), 'IrsaAuditor');
}

export interface SampleStack {
  readonly stack: Stack;
  readonly auditor: IrsaAuditor;
  /** Synthesised when it is asked for: until then the stack can be added to. */
  readonly template: Template;
}

/** The construct in a stack of somebody else. The properties may need the stack, for what exists already. */
export function constructIn(props: (stack: Stack) => IrsaAuditorProps = () => ({})): SampleStack {
  const stack = new Stack(app(), 'Theirs');
  const auditor = new IrsaAuditor(stack, 'Auditor', props(stack));
  return {
    stack,
    auditor,
    get template() {
      return Template.fromStack(stack);
    },
  };
}

export interface TemplateStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

interface Policy {
  readonly Properties: {
    readonly PolicyDocument: { readonly Statement: readonly TemplateStatement[] };
    readonly Roles: readonly unknown[];
  };
}

/** All statements of the policies of one role, found by a part of its logical id or name. */
export function statementsOf(template: Template, role: string): readonly TemplateStatement[] {
  const policies = Object.values(template.findResources('AWS::IAM::Policy')) as Policy[];
  const ofRole = policies.filter((policy) => JSON.stringify(policy.Properties.Roles).includes(role));
  return ofRole.flatMap((policy) => policy.Properties.PolicyDocument.Statement);
}

export function actionsOf(statements: readonly TemplateStatement[]): readonly string[] {
  return statements.flatMap((statement) => statement.Action).sort();
}
