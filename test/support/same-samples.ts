import fc from 'fast-check';

/** What passes once passes again: made-up accounts are the same in every run. `npm run fuzz` looks for others. */
fc.configureGlobal({ seed: 20261129 });
