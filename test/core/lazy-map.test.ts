import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { LazyMap } from '../../src/core/lazy-map.js';

type Made = { readonly of: string };

describe('a lazy map', () => {
  it('makes a value once, when it is asked for', () => {
    const map = new LazyMap<Made>();
    const make = vi.fn((name: string) => ({ of: name }));
    map.setAll({ a: 1, b: 2 }, make);
    map.set('c', { of: 'outside' });
    expect([map.has('a'), map.has('c'), map.has('d'), map.get('d')]).toEqual([true, true, false, undefined]);
    expect([...map.keys()]).toEqual(['a', 'b', 'c']);
    expect([...map.made()]).toEqual([{ of: 'outside' }]);
    expect(make).not.toHaveBeenCalled();
    expect(map.get('b')).toEqual({ of: 'b' });
    expect(map.get('b')).toBe(map.get('b'));
    expect(make.mock.calls).toEqual([['b', undefined]]);
    expect([...map.made()]).toEqual([{ of: 'outside' }, { of: 'b' }]);
    expect([...map.keys()]).toEqual(['a', 'b', 'c']);
  });

  it.each([
    { name: 'asked for in between', between: ['a', 'b'] },
    { name: 'not asked for', between: [] },
  ])('makes one out of what it replaces, $name', ({ between }) => {
    const map = new LazyMap<Made>();
    const layer = (of: string) => (_name: string, before: Made | undefined) => ({
      of: before === undefined ? of : `${of} over ${before.of}`,
    });
    map.setAll({ a: 1, b: 1 }, layer('first'));
    for (const name of between) map.get(name);
    map.setAll({ a: 1, c: 1 }, layer('second'));
    expect(['a', 'b', 'c'].map((name) => map.get(name)?.of)).toEqual([
      'second over first',
      'first',
      'second',
    ]);
    map.set('a', { of: 'third' });
    expect(map.get('a')).toEqual({ of: 'third' });
    map.setAll({ a: 1 }, layer('fourth'));
    expect(map.get('a')).toEqual({ of: 'fourth over third' });
    expect([...map.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('can be read as any map, and goes on with what comes', () => {
    const map = new LazyMap<Made>();
    const seen: ReadonlyMap<string, Made> = map;
    map.set('c', { of: 'c' });
    map.setAll({ a: 1, b: 1 }, (of) => ({ of }));
    map.set('a', { of: 'else' });
    const expected = [
      ['a', { of: 'else' }],
      ['b', { of: 'b' }],
      ['c', { of: 'c' }],
    ];
    expect([seen.size, [...seen], [...seen.entries()]]).toEqual([3, expected, expected]);
    expect([...seen.values()]).toEqual(expected.map(([, value]) => value));
    const told: unknown[] = [];
    seen.forEach((value, name, whole) => void told.push([name, value, whole === seen]));
    expect(told).toEqual(expected.map((entry) => [...entry, true]));
    expect(inspect(seen)).toBe(inspect(new Map(expected as [string, Made][])));
    expect(new LazyMap().size).toBe(0);
  });

  it('has no names by inheritance', () => {
    const map = new LazyMap<Made>();
    map.setAll({ a: 1 }, (of) => ({ of }));
    expect([map.has('toString'), map.get('constructor'), map.get('__proto__')]).toEqual([
      false,
      undefined,
      undefined,
    ]);
  });
});
