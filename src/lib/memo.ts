/** What can be kept: undefined could not be told from what was not worked out yet. */
type Answer = object | string | number | boolean | null;

/**
 * The same function, which works out its answer once for each key and keeps it for as long as the key lives. For a key of two
 * parts one memo gives another.
 * @param work its answer may depend on the key alone; what is given beside the key has to follow from it, as an inventory's
 *   facts do from one of its roles
 */
export function memo<K extends object, V extends Answer>(work: (key: K) => V): (key: K) => V;
export function memo<K extends object, Beside, V extends Answer>(work: (key: K, beside: Beside) => V): (key: K, beside: Beside) => V;
export function memo<K extends object, Beside, V extends Answer>(work: (key: K, beside: Beside) => V): (key: K, beside: Beside) => V {
  const answers = new WeakMap<K, V>();
  return (key, beside) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = work(key, beside);
    answers.set(key, answer);
    return answer;
  };
}

/**
 * The same for keys that are text.
 * @param most answers to more keys than these are worked out each time, so that what lives as long as the program cannot grow
 */
export function memoByText<V extends Answer, K extends string = string>(work: (key: K) => V, most = Infinity): (key: K) => V {
  return keptInMap(work, most);
}

/**
 * The same for keys that live no shorter than the function, as where one memo makes another for what belongs to its key: weak
 * references to many thousands keep the garbage collector busy for a twentieth of an audit.
 */
export function memoWithin<K extends object, V extends Answer>(work: (key: K) => V): (key: K) => V {
  return keptInMap(work, Infinity);
}

function keptInMap<K, V extends Answer>(work: (key: K) => V, most: number): (key: K) => V {
  const answers = new Map<K, V>();
  return (key) => {
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = work(key);
    if (answers.size < most) answers.set(key, answer);
    return answer;
  };
}
