const PASSING: ReadonlySet<string> = new Set(['CREATING', 'DELETING', 'FAILED', 'PENDING']);

/**
 * Whether a cluster is being made or deleted, was never finished, or waits to be registered: what it lacks is no mistake then, its
 * provider above all, which tools make after it and delete before it.
 */
export const isPassing = ({ status }: { readonly status: string }): boolean => PASSING.has(status);
