import { describe, expect, it } from '@jest/globals';
import { joinedPlaces, type Places } from '../../src/engine/run/places.js';

const places = (cluster: string, name: string): Places => ({
  clusters: [`eu-west-1/${cluster}`],
  namespaces: ['shop'],
  workloads: [{ cluster: `eu-west-1/${cluster}`, namespace: 'shop', kind: 'Deployment', name }],
});

describe('the places of two findings that are told as one', () => {
  it('are those of both, each once', () => {
    const joined = joinedPlaces(joinedPlaces(places('prod', 'web'), places('lab', 'app')), places('prod', 'web'));
    expect(joined).toEqual({
      clusters: ['eu-west-1/lab', 'eu-west-1/prod'],
      namespaces: ['shop'],
      workloads: [...places('prod', 'web').workloads, ...places('lab', 'app').workloads],
    });
  });
});
