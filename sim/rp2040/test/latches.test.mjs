import assert from 'node:assert/strict';
import { test } from 'node:test';

import { ArmFlipFlop } from '../chips/arm.mjs';
import { Latches } from '../chips/latches.mjs';
import { DAC, LATCH } from './bench.mjs';

function chain() {
  const faults = [];
  return { latches: new Latches((what) => faults.push(what)), faults };
}

const shift = (latches, word, spi) => {
  for (const byte of [24, 16, 8, 0].map((place) => (word >>> place) & 255)) latches.shift(byte, 8, spi);
};

test('the first byte on the wire ends in the last chip, and nothing moves before RCLK', () => {
  const { latches, faults } = chain();
  shift(latches, 0x01020384, LATCH);
  assert.equal(latches.pattern, 0);
  latches.copy();
  assert.equal(latches.pattern, 0x01020384);
  assert.deepEqual(faults, []);
});

test('traffic for the converters passes through and does no harm', () => {
  const { latches, faults } = chain();
  shift(latches, 0xffffffff, DAC);
  shift(latches, 0x0000000f, LATCH);
  latches.copy();
  assert.equal(latches.pattern, 0x0000000f);
  assert.deepEqual(faults, []);
});

test('a pattern that was shifted in the converters mode is a fault', () => {
  const { latches, faults } = chain();
  shift(latches, 0x00000001, DAC);
  latches.copy();
  assert.match(faults.join(), /wrong SPI mode/);
});

test('the flip-flop is set by an edge, and never while TRIP# is low', () => {
  const arm = new ArmFlipFlop();
  arm.clock();
  assert.equal(arm.set, false);
  arm.hold(false);
  assert.equal(arm.set, false);
  arm.clock();
  assert.equal(arm.set, true);
  arm.trip();
  assert.equal(arm.set, false);
});
