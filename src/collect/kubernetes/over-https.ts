import { connect } from './api-server.js';
import { readInside, type ReadInside } from './read-cluster.js';

/** Reads inside clusters over their own endpoints. Loaded where somebody asks for it: it is larger than all the rest. */
export const overHttps: ReadInside = (token, queue, place, only) => readInside({ connect, token }, queue, place, { only });
