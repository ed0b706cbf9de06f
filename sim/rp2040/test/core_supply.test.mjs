import assert from 'node:assert/strict';
import { test } from 'node:test';

import { RP2040 } from 'rp2040js';

import { CoreSupply } from '../core_supply.mjs';
import { SimulationClock } from '../simulation_clock.mjs';

const VREG = 0x00;
const VREG_1V15 = 0xc1;
const FBDIV = 0x08;
const PRIM = 0x0c;
const CLK_SYS_CTRL = 0x3c;
const FROM_PLL = 1;

function core() {
  const mcu = new RP2040(new SimulationClock());
  mcu.logger = { debug() {}, info() {}, warn() {}, error() {} };
  const faults = [];
  const supply = new CoreSupply(mcu, (what) => faults.push(what));
  const clock = (feedback, divider) => {
    mcu.pllSys.writeUint32(PRIM, (divider << 16) | (1 << 12));
    mcu.pllSys.writeUint32(FBDIV, feedback);
    mcu.clocks.writeUint32(CLK_SYS_CTRL, FROM_PLL);
  };
  return { mcu, supply, clock, faults };
}

test('200 MHz without the voltage for it are a fault', () => {
  const { mcu, clock, faults } = core();
  clock(100, 6);
  assert.equal(mcu.clkSys, 200e6);
  assert.match(faults.join(), /clock of 200000000 Hz at less than 1.15 V/);
});

test('with it they are none, and 132 MHz ask for nothing', () => {
  const { supply, clock, faults } = core();
  clock(66, 6);
  supply.writeUint32Atomic(VREG, VREG_1V15, 0);
  assert.equal(supply.readUint32(VREG), VREG_1V15);
  clock(100, 6);
  assert.deepEqual(faults, []);
});
