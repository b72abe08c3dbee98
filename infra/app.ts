import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { IrsaAuditorStack } from './irsa-auditor-stack.js';
import { SettingError } from './setting-error.js';

// The stack is bound to no account or region: credentials and region of `cdk deploy` decide. Settings come as
// `-c name=value`; infra/context-settings.ts lists them.
const app = new App();
try {
  new IrsaAuditorStack(app, 'IrsaAuditor', { description: "Scheduled audit of the account's EKS web identity" });
} catch (error) {
  if (!(error instanceof SettingError)) throw error;
  process.stderr.write(`${error.message}\n`);
  // At once: the app would otherwise synthesize what stands so far when the process ends.
  process.exit(1);
}
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
