import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { holdBackWasmTiering } from '../../src/cli/entry/wasm-tiering.js';

class StandIn {
  constructor(readonly bytes: string) {
    if (bytes === 'broken') throw new Error('does not compile');
  }
}

function install(nodeVersion: string, nodeFlags = '') {
  const flags: string[] = [];
  const webAssembly = { Module: StandIn as new (bytes: never) => object };
  const installed = holdBackWasmTiering({
    nodeVersion,
    nodeFlags,
    webAssembly,
    setFlag: (flag) => flags.push(flag),
  });
  return { flags, webAssembly, installed };
}

describe('holding back the optimisation of WebAssembly', () => {
  it.each([
    { node: '20.18.1', budget: 1_800_000 },
    { node: '22.12.0', budget: 13_000_000 },
    { node: '24.1.0', budget: 13_000_000 },
  ])(
    'raises the budget for one compilation on Node $node and puts it back to $budget',
    ({ node, budget }) => {
      const { flags, webAssembly } = install(node);
      expect(flags).toEqual([]);
      const module = new webAssembly.Module('code' as never);
      expect(module).toBeInstanceOf(StandIn);
      expect(module).toHaveProperty('bytes', 'code');
      expect(flags).toEqual(['--wasm-tiering-budget=1000000000', `--wasm-tiering-budget=${budget}`]);
      expect(webAssembly.Module).toBe(StandIn);
      new webAssembly.Module('more' as never);
      expect(flags).toHaveLength(2);
    },
  );

  it('does nothing where built-in objects are frozen', () => {
    const webAssembly = Object.freeze({ Module: StandIn as new (bytes: never) => object });
    const setFlag = () => expect.unreachable();
    expect(holdBackWasmTiering({ nodeVersion: '20.18.1', nodeFlags: '', webAssembly, setFlag })).toBe(false);
    new webAssembly.Module('code' as never);
  });

  it('puts the budget back when the compilation fails', () => {
    const { flags, webAssembly } = install('20.18.1');
    expect(() => new webAssembly.Module('broken' as never)).toThrow('does not compile');
    expect(flags.at(-1)).toBe('--wasm-tiering-budget=1800000');
    expect(webAssembly.Module).toBe(StandIn);
  });

  it.each([
    { why: 'on a Node it does not know', node: '26.0.0', flags: '' },
    { why: 'on an odd Node', node: '21.7.0', flags: '' },
    { why: 'when the user has set the flag', node: '20.18.1', flags: '--wasm-tiering-budget=5' },
    {
      why: 'when the user has set the flag in V8’s other spelling',
      node: '20.18.1',
      flags: '--wasm_tiering_budget=5',
    },
  ])('does nothing $why', ({ node, flags }) => {
    const { installed, webAssembly } = install(node, flags);
    expect(installed).toBe(false);
    expect(webAssembly.Module).toBe(StandIn);
  });

  // The table must hold V8's own default, or every code cache is refused from then on.
  it('knows the default of the Node that runs this test', () => {
    const major = Number(process.versions.node.split('.')[0]);
    const { stdout } = spawnSync(process.execPath, ['--v8-options'], { encoding: 'utf8' });
    const actual = /--wasm-tiering-budget=(\d+)/.exec(stdout)?.[1];
    const { flags, webAssembly, installed } = install(process.versions.node);
    if (installed) new webAssembly.Module('code' as never);
    expect(installed).toBe([20, 22, 24].includes(major));
    expect(flags.at(-1)).toBe(installed ? `--wasm-tiering-budget=${actual}` : undefined);
  });
});
