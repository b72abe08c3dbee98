/** Yes, no, or not decidable from configuration. */
export type Tristate = 'yes' | 'no' | 'undecided';

export function not(value: Tristate): Tristate {
  return value === 'yes' ? 'no' : value === 'no' ? 'yes' : 'undecided';
}

/** One no decides; else one doubt. An empty list is yes. */
export function all(values: readonly Tristate[]): Tristate {
  if (values.includes('no')) return 'no';
  return values.includes('undecided') ? 'undecided' : 'yes';
}

/** One yes decides; else one doubt. An empty list is no. */
export function any(values: readonly Tristate[]): Tristate {
  if (values.includes('yes')) return 'yes';
  return values.includes('undecided') ? 'undecided' : 'no';
}

export function decided(value: boolean): Tristate {
  return value ? 'yes' : 'no';
}
