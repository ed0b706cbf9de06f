import assert from 'node:assert/strict';
import { test } from 'node:test';

import { Ad7606c } from '../chips/ad7606c.mjs';
import { ADC, Clock } from './bench.mjs';

const CODES = [1, -2, 300, -32768, 32767, 0, 5, -1];

function chip(reply = { codes: CODES, reply: 'good' }) {
  const faults = [];
  const asked = [];
  const clock = new Clock();
  const convert = (span, osr) => {
    asked.push([span, osr]);
    return reply;
  };
  const adc = new Ad7606c(clock, convert, (what) => faults.push(what));
  adc.reset(true, 0);
  clock.tick(3000);
  adc.reset(false, 3000);
  clock.tick(300000);
  return { adc, clock, faults, asked };
}

function frame(adc, clock, words, bits = 16, spi = ADC) {
  adc.select(true, clock.nanos);
  const answer = words.map((word) => adc.shift(word, bits, spi));
  clock.tick(1000);
  adc.select(false, clock.nanos);
  return answer;
}

const write = (adc, clock, address, value) => frame(adc, clock, [(address << 8) | value]);

function setUp(adc, clock) {
  frame(adc, clock, [0x6f00]);
  const [identity] = frame(adc, clock, [0x6f00]);
  write(adc, clock, 0x02, 0x00);
  for (const register of [3, 4, 5, 6]) write(adc, clock, register, 0x00);
  write(adc, clock, 0x21, 0x04);
  return identity & 0xff;
}

function crc8(bytes) {
  let value = 0;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 0x80 ? ((value << 1) ^ 0x07) & 255 : value << 1;
  }
  return value;
}

const checked = (adc, clock, address, value) => frame(adc, clock, [address, value, crc8([address, value])], 8);

function convert(adc, clock) {
  adc.start(true, clock.nanos);
  clock.tick(32);
  adc.start(false, clock.nanos);
  clock.tick(1000);
}

test('what it is, and eight words with a check sum that gives zero', () => {
  const { adc, clock, faults, asked } = chip();
  assert.equal(setUp(adc, clock) & 0xf0, 0x30);
  checked(adc, clock, 0, 0);
  convert(adc, clock);
  const words = frame(adc, clock, new Array(9).fill(0));
  assert.deepEqual(words.slice(0, 8), CODES.map((code) => code & 0xffff));
  assert.deepEqual(asked, [[0, 0]]);
  let sum = 0;
  for (const byte of words.flatMap((word) => [word >> 8, word & 255])) {
    sum ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) sum = sum & 0x8000 ? ((sum << 1) ^ 0x755b) & 0xffff : sum << 1;
  }
  assert.equal(sum, 0);
  assert.deepEqual(faults, []);
});

test('with two output lines, as after reset, four words come on the first', () => {
  const { adc, clock } = chip();
  convert(adc, clock);
  assert.deepEqual(frame(adc, clock, new Array(8).fill(0)).slice(4), [0, 0, 0, 0]);
});

test('a damaged reply does not pass its check sum', () => {
  const { adc, clock } = chip({ codes: CODES, reply: 'check_sum' });
  setUp(adc, clock);
  checked(adc, clock, 0, 0);
  convert(adc, clock);
  assert.notEqual(frame(adc, clock, new Array(9).fill(0))[0], CODES[0]);
});

test('a wrong SPI mode is a fault', () => {
  const { adc, clock, faults } = chip();
  frame(adc, clock, [0x6f00], 16, { ...ADC, mode: 0 });
  assert.match(faults.join(), /SPI mode 0, not 2/);
});

test('a register frame with a wrong check sum does nothing', () => {
  const { adc, clock, faults } = chip();
  setUp(adc, clock);
  frame(adc, clock, [0x08, 0x04, 0x00], 8);
  assert.equal(adc.registers[8], 0);
  assert.match(faults.join(), /wrong check sum/);
});

test('it takes its time after reset and for a conversion', () => {
  const { adc, clock, faults } = chip();
  adc.reset(true, clock.nanos);
  clock.tick(3000);
  adc.reset(false, clock.nanos);
  clock.tick(252000);
  frame(adc, clock, [0x6f00]);
  assert.match(faults.join(), /before it is ready/);
  adc.start(true, clock.nanos);
  clock.tick(999);
  adc.select(true, clock.nanos);
  assert.match(faults.join(), /during a conversion/);
});

test('oversampling takes as long as its table says', () => {
  const { adc, clock } = chip();
  setUp(adc, clock);
  checked(adc, clock, 8, 4);
  checked(adc, clock, 0, 0);
  adc.start(true, clock.nanos);
  clock.tick(19999);
  assert.equal(adc.busy, true);
  clock.tick(1);
  assert.equal(adc.busy, false);
});
