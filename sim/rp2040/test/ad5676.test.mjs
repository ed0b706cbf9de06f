import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Ad5676 } from '../chips/ad5676.mjs';
import { DAC } from './bench.mjs';

const WRITE = 0x1;
const READ_BACK = 0x9;

function chip() {
  const faults = [];
  const dac = new Ad5676('converter', (what) => faults.push(what));
  dac.reset(true, 0);
  dac.reset(false, 100);
  return { dac, faults };
}

function send(dac, t, command, channel, code, spi = DAC, bits = 24) {
  dac.select(true, t);
  const word = (command << 20) | (channel << 16) | code;
  const bytes = [word >>> 16, (word >>> 8) & 255, word & 255].slice(0, bits / 8);
  const answer = bytes.reduce((sum, byte) => (sum << 8) | dac.shift(byte, 8, spi), 0);
  dac.select(false, t + 770);
  return answer;
}

test('outputs stay at mid scale until a written code is loaded', () => {
  const { dac, faults } = chip();
  send(dac, 1000, WRITE, 3, 0x1234);
  assert.equal(dac.output[3], 0x8000);
  dac.load(true, 3000);
  dac.load(false, 3050);
  assert.equal(dac.output[3], 0x1234);
  assert.equal(dac.output[2], 0x8000);
  assert.deepEqual(faults, []);
});

test('a wrong SPI mode is a fault, and the code is wrong', () => {
  const { dac, faults } = chip();
  send(dac, 1000, WRITE, 3, 0x1234, { ...DAC, mode: 0 });
  assert.match(faults.join(), /SPI mode 0, not 1/);
  assert.notEqual(dac.input[3], 0x1234);
});

test('frames closer than 830 ns are a fault', () => {
  const { dac, faults } = chip();
  send(dac, 1000, WRITE, 0, 1);
  send(dac, 1829, WRITE, 0, 1);
  assert.match(faults.join(), /frames 829 ns apart/);
});

test('frames 830 ns apart are right', () => {
  const { dac, faults } = chip();
  send(dac, 1000, WRITE, 0, 1);
  send(dac, 1830, WRITE, 0, 1);
  assert.deepEqual(faults, []);
});

test('a short frame does nothing', () => {
  const { dac, faults } = chip();
  send(dac, 1000, WRITE, 0, 0x1234, DAC, 16);
  assert.match(faults.join(), /a frame of 16 bits/);
  assert.equal(dac.input[0], 0x8000);
});

test('read-back comes with the next frame, and not faster than it can', () => {
  const { dac, faults } = chip();
  const slow = { mode: 1, hz: 12.5e6 };
  send(dac, 0, WRITE, 5, 0x800a);
  send(dac, 2000, READ_BACK, 5, 0, slow);
  assert.equal(send(dac, 5000, 0, 0, 0, slow) & 0xffff, 0x800a);
  assert.deepEqual(faults, []);
  send(dac, 8000, READ_BACK, 5, 0);
  send(dac, 9000, 0, 0, 0);
  assert.match(faults.join(), /read-back at 33330000 Hz/);
});

test('reset puts outputs to mid scale; a short one is a fault', () => {
  const { dac, faults } = chip();
  send(dac, 1000, WRITE, 3, 0x1234);
  dac.load(true, 3000);
  dac.load(false, 3100);
  dac.reset(true, 4000);
  assert.equal(dac.output[3], 0x8000);
  dac.reset(false, 4029);
  assert.match(faults.join(), /RESET low for 29 ns/);
});

test('a load pulse that is too short is a fault', () => {
  const { dac, faults } = chip();
  dac.load(true, 100);
  dac.load(false, 116);
  assert.match(faults.join(), /LDAC low for 16 ns/);
});
