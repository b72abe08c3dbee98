/** What makes a page of data: its program and its style, with their hashes as a Content-Security-Policy names them. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  readonly scriptHash: string;
  readonly styleHash: string;
}

/** The ones that the build put in (scripts/build.mjs). @throws where this program was not built */
export function builtAssets(): PageAssets {
  const assets = (globalThis as { readonly IRSA_AUDITOR_PAGE?: PageAssets }).IRSA_AUDITOR_PAGE;
  if (assets === undefined) throw new Error('This build holds no page: run npm run build.');
  return assets;
}
