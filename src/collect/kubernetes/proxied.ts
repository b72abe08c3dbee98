/** Where the agent of EKS Pod Identity answers. */
const AGENT = ['169.254.170.23', 'fd00:ec2::23'];

/** A variable of a container: its value, null where that comes from elsewhere; undefined where it is not set. */
export type ValueOf = (name: string) => string | null | undefined;

/** Programs read either spelling, some of them one alone. */
const either = (value: ValueOf, name: string): readonly (string | null)[] =>
  [name, name.toLowerCase()].flatMap((one) => {
    const given = value(one);
    return given === undefined || given === '' ? [] : [given];
  });

/** What one entry of NO_PROXY says of the agent: it is named, or may be meant, as by a network or a beginning. */
function exempts(entry: string): 'yes' | 'perhaps' | 'no' {
  const host = entry.replace(/^\[([^\]]*)\](:\d+)?$/, '$1').replace(/^([\d.]+):\d+$/, '$1');
  if (host === '*' || AGENT.includes(host.toLowerCase())) return 'yes';
  // Networks and beginnings are read by some libraries and not by others.
  const isAddress = /^[\d.]+$/.test(host) && host.split('.').length === 4;
  return !isAddress && /^169\.|^fd00:|^0\.0\.0\.0\/0$/i.test(host) ? 'perhaps' : 'no';
}

/**
 * Whether the call of a container to the agent of EKS Pod Identity, which is plain HTTP, goes to a proxy; null = it does not. Pods
 * behind a proxy need the agent's addresses in NO_PROXY (EKS User Guide, "EKS Pod Identity Agent setup"). No value is kept.
 * @param hasMore whether it takes variables from elsewhere by `envFrom`, which are not read
 */
export function proxiedBy(value: ValueOf, hasMore: boolean): 'yes' | 'perhaps' | null {
  const proxies = either(value, 'HTTP_PROXY');
  if (proxies.length === 0) return null;
  const exceptions = either(value, 'NO_PROXY');
  const said = exceptions.flatMap((list) =>
    list === null
      ? ['perhaps' as const]
      : list
          .split(/[\s,]+/)
          .filter(Boolean)
          .map(exempts),
  );
  if (said.includes('yes')) return null;
  return hasMore || said.includes('perhaps') ? 'perhaps' : 'yes';
}
