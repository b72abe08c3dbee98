/** Where somebody publishes the folder `docs`: https, without a slash at the end. Nothing in it ends a line or an address. */
export const DOCS_ADDRESS = /^https:\/\/[A-Za-z0-9.-]+(:\d+)?(\/[A-Za-z0-9._~%-]+)*$/;
