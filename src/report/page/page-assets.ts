/** What makes a page of data: its program and its style, with their hashes as a Content-Security-Policy names them. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
  readonly scriptHash: string;
  readonly styleHash: string;
}

/** The ones of the build, which puts a module of its own in the place of this one (scripts/build.mjs). @throws where none was put in */
export function builtAssets(): PageAssets {
  const assets = (globalThis as { readonly IRSA_AUDITOR_PAGE?: PageAssets }).IRSA_AUDITOR_PAGE;
  if (assets === undefined) throw new Error('This build holds no page: run npm run build.');
  return assets;
}
