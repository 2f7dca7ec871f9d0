import { describe, expect, it, vi } from 'vitest';
import { LazyMap } from '../../src/core/lazy-map.js';

describe('a lazy map', () => {
  it('makes a value once, when it is asked for', () => {
    const map = new LazyMap<{ readonly of: string }>();
    const make = vi.fn((name: string) => ({ of: name }));
    map.setLazily('a', make);
    map.setLazily('b', make);
    map.set('c', { of: 'outside' });
    expect([map.has('a'), map.has('d'), map.get('d'), [...map.keys()]]).toEqual([
      true,
      false,
      undefined,
      ['a', 'b', 'c'],
    ]);
    expect(map.made()).toEqual([{ of: 'outside' }]);
    expect(make).not.toHaveBeenCalled();
    expect(map.get('b')).toEqual({ of: 'b' });
    expect(map.get('b')).toBe(map.get('b'));
    expect(make.mock.calls).toEqual([['b']]);
    expect(map.made()).toEqual([{ of: 'b' }, { of: 'outside' }]);
    expect([...map.keys()]).toEqual(['a', 'b', 'c']);
  });

  it('forgets what was there before, made or not', () => {
    const map = new LazyMap<{ readonly of: string }>();
    map.setLazily('a', () => ({ of: 'first' }));
    map.set('a', { of: 'second' });
    expect(map.get('a')).toEqual({ of: 'second' });
    map.setLazily('a', () => ({ of: 'third' }));
    expect(map.get('a')).toEqual({ of: 'third' });
  });
});
