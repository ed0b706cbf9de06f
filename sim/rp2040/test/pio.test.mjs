// The gate's program of firmware/rp2040/gate.c, encoded by hand, in simulated time.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RP2040 } from 'rp2040js';

import { pace } from '../pio.mjs';
import { SimulationClock } from '../simulation_clock.mjs';

const PROGRAM = [0x80a0, 0xa027, 0x80a0, 0x6002, 0x0044, 0xe000];
const ROW_EN = 10;
const CTRL = 0x000;
const TXF0 = 0x010;
const INSTRUCTIONS = 0x048;
const EXECCTRL = 0x0cc;
const SHIFTCTRL = 0x0d0;
const INSTR = 0x0d8;
const PINCTRL = 0x0dc;
const CYCLE_NS = 5;

function machine() {
  const clock = new SimulationClock();
  const mcu = new RP2040(clock);
  mcu.logger = { debug() {}, info() {}, warn() {}, error() {} };
  const [pio] = mcu.pio;
  pace(pio, clock, () => CYCLE_NS);
  PROGRAM.forEach((word, i) => pio.writeUint32(INSTRUCTIONS + 4 * i, word));
  pio.writeUint32(EXECCTRL, (5 << 12) | (0 << 7));
  pio.writeUint32(SHIFTCTRL, 1 << 19);
  pio.writeUint32(PINCTRL, ROW_EN | (2 << 20) | (ROW_EN << 5) | (2 << 26));
  pio.writeUint32(CTRL, 1);
  const edges = [];
  const check = pio.checkChangedPins.bind(pio);
  let last = 0;
  pio.checkChangedPins = () => {
    check();
    const now = (pio.pinValues >> ROW_EN) & 3;
    if (now !== last) edges.push([clock.nanos, now]);
    last = now;
  };
  clock.tick(100);
  return { clock, pio, edges };
}

for (const cycles of [2, 3, 62, 1250, 200_000_000]) {
  test(`a gate of ${cycles} cycles lasts as long, and takes no longer to emulate`, () => {
    const { clock, pio, edges } = machine();
    pio.writeUint32(TXF0, cycles - 2);
    pio.writeUint32(TXF0, 3);
    clock.tick(cycles * CYCLE_NS + 1000);
    assert.equal(edges.length, 2);
    assert.deepEqual(edges.map(([, level]) => level), [3, 0]);
    assert.equal(edges[1][0] - edges[0][0], cycles * CYCLE_NS);
  });
}

test('a gate can be ended early, and the next one is whole', () => {
  const { clock, pio, edges } = machine();
  pio.writeUint32(TXF0, 100_000);
  pio.writeUint32(TXF0, 1);
  clock.tick(5000);
  pio.writeUint32(CTRL, 0);
  pio.writeUint32(INSTR, 0xe000);
  pio.writeUint32(SHIFTCTRL, (1 << 19) | (1 << 31));
  pio.writeUint32(SHIFTCTRL, 1 << 19);
  pio.writeUint32(CTRL, 1 << 4);
  pio.writeUint32(INSTR, 0x0000);
  pio.writeUint32(CTRL, 1);
  assert.deepEqual(edges.map(([, level]) => level), [1, 0]);
  clock.tick(2_000_000);
  pio.writeUint32(TXF0, 98);
  pio.writeUint32(TXF0, 1);
  clock.tick(5000);
  assert.equal(edges.length, 4);
  assert.equal(edges[3][0] - edges[2][0], 100 * CYCLE_NS);
});
