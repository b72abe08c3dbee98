/** The product's version, put in by the build (scripts/build.mjs). */
export const VERSION: string = (globalThis as { readonly IRSA_AUDITOR_VERSION?: string }).IRSA_AUDITOR_VERSION ?? 'dev';
