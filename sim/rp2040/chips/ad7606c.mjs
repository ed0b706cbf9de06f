// AD7606C-16 in software mode: eight simultaneous conversions, registers, check sums.
// Sources of frames, registers and times: see firmware/rp2040/adc.c.

const SPI_MODE = 2;
const FASTEST_HZ = 60e6; // [recalled], at 3.3 V
const CHANNELS = 8;
const RESET_NS = 3000;
const SETUP_NS = 253000;
const CONVST_HIGH_NS = 10; // [recalled]
const CONVERSION_NS = [1000, 3000, 5000, 10000, 20000, 41000, 81000, 162000, 324000];
const STUCK_NS = 1e6;
const DATA_POLYNOMIAL = 0x755b;
const REGISTER_POLYNOMIAL = 0x07;
const RANGE_READ = 0;
const RANGE_PULSE = 3;
const READ = 0x40;
const CONFIG = 0x02;
const RANGE_FIRST = 0x03;
const OVERSAMPLING = 0x08;
const DIAGNOSTICS = 0x21;
const IDENTITY = 0x2f;
const CHECK_SUMS = 0x04;
const ONE_LINE = 0;

function crc(bytes, polynomial, width) {
  const top = 2 ** (width - 1);
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit++) value = (value & top ? (value << 1) ^ polynomial : value << 1) & (2 * top - 1);
  }
  return value;
}

export class Ad7606c {
  /** `convert(span, log2_osr)` gives codes, and how the reply is: good, check_sum, busy (for long) or silent. */
  constructor(clock, convert, fault) {
    this.clock = clock;
    this.convert = convert;
    this.fault = (what) => fault(`AD7606C: ${what}`);
    this.inReset = true;
    this.readyAt = Infinity;
    this.busy = false;
    this.onBusy = () => {};
    this.#clear();
  }

  #clear() {
    this.registers = new Uint8Array(64);
    this.registers[CONFIG] = 0x08; // two output lines
    for (let i = 0; i < CHANNELS / 2; i++) this.registers[RANGE_FIRST + i] = (RANGE_PULSE << 4) | RANGE_PULSE;
    this.registers[IDENTITY] = 0x30;
    this.registerMode = false;
    this.answer = 0;
    this.result = [];
    this.selected = false;
    this.silent = false;
  }

  /** The processor was reset: its pins float, the part goes on with a new clock. */
  useClock(clock) {
    this.clock = clock;
  }

  reset(high, t) {
    if (high && !this.inReset) {
      this.inReset = true;
      this.resetAt = t;
      this.done?.cancel();
      this.#busy(false);
      this.#clear();
    } else if (!high && this.inReset) {
      if (t - this.resetAt < RESET_NS) this.fault(`RESET high for ${t - this.resetAt} ns`);
      this.inReset = false;
      this.readyAt = t + SETUP_NS;
    }
  }

  #busy(busy) {
    this.busy = busy;
    this.onBusy(busy);
  }

  get #checked() {
    return (this.registers[DIAGNOSTICS] & CHECK_SUMS) !== 0;
  }

  get #span() {
    const codes = new Set();
    for (let i = 0; i < CHANNELS / 2; i++) {
      codes.add(this.registers[RANGE_FIRST + i] & 15).add(this.registers[RANGE_FIRST + i] >> 4);
    }
    if (codes.size === 1 && codes.has(RANGE_READ)) return 0;
    if (codes.size === 1 && codes.has(RANGE_PULSE)) return 1;
    this.fault(`ranges ${[...codes].join(', ')}`);
    return 0;
  }

  /** CONVST; true is high. */
  start(high, t) {
    if (!high) {
      if (t - this.startedAt < CONVST_HIGH_NS) this.fault(`CONVST high for ${t - this.startedAt} ns`);
      return;
    }
    this.startedAt = t;
    if (this.inReset) return;
    if (this.busy) return void this.fault('CONVST during a conversion');
    if (this.registerMode) this.fault('CONVST in register mode');
    const osr = Math.min(this.registers[OVERSAMPLING] & 15, CONVERSION_NS.length - 1);
    this.#busy(true);
    this.done = this.clock.createAlarm(() => {
      this.result = this.#words(this.pending);
      this.#busy(false);
    });
    this.pending = this.convert(this.#span, osr, CONVERSION_NS[osr]);
    this.silent = this.pending.reply === 'silent';
    this.done.schedule(this.pending.reply === 'busy' ? STUCK_NS : CONVERSION_NS[osr]);
  }

  #words({ codes, reply }) {
    const lines = (this.registers[CONFIG] >> 3) & 3;
    const words = codes.slice(0, lines === ONE_LINE ? CHANNELS : CHANNELS / 2).map((code) => code & 0xffff);
    if (this.#checked) words.push(crc(words.flatMap((word) => [word >> 8, word & 255]), DATA_POLYNOMIAL, 16));
    if (reply === 'check_sum') words[0] ^= 0x0100;
    return words;
  }

  /** CS; true is selected (low). */
  select(selected, t) {
    if (selected === this.selected) return;
    this.selected = selected;
    if (!selected) return void this.#frame();
    if (this.inReset || t < this.readyAt) this.fault('selected before it is ready');
    if (this.busy) this.fault('selected during a conversion');
    this.taken = [];
    const reply = [0, this.answer];
    if (this.#checked) reply.push(crc(reply, REGISTER_POLYNOMIAL, 8));
    const bytes = this.registerMode ? reply : this.result.flatMap((word) => [word >> 8, word & 255]);
    this.driven = this.silent ? [] : bytes.flatMap((byte) => bitsOf(byte, 8));
  }

  shift(word, bits, spi) {
    if (!this.selected) return 0;
    if (spi.mode !== SPI_MODE) this.fault(`SPI mode ${spi.mode}, not ${SPI_MODE}`);
    if (spi.hz > FASTEST_HZ) this.fault(`clock of ${spi.hz} Hz`);
    this.taken.push(...bitsOf(word, bits));
    let reply = 0;
    for (let i = 0; i < bits; i++) reply = (reply << 1) | (this.driven.shift() ?? 0);
    return spi.mode === SPI_MODE ? reply : reply >>> 1;
  }

  #frame() {
    const size = this.#checked ? 24 : 16;
    if (this.taken.length !== size) {
      if (this.registerMode) this.fault(`a register frame of ${this.taken.length} bits`);
      return;
    }
    const [command, value, sum] = bytesOf(this.taken);
    if (this.#checked && sum !== crc([command, value], REGISTER_POLYNOMIAL, 8)) {
      return void this.fault('a register frame with a wrong check sum');
    }
    const address = command & 0x3f;
    if (command & READ) {
      this.registerMode = true;
      this.answer = this.registers[address];
    } else if (this.registerMode) {
      if (address === 0) this.registerMode = value !== 0;
      else if (address !== IDENTITY) this.registers[address] = value;
    }
  }
}

function bitsOf(word, bits) {
  return Array.from({ length: bits }, (_, i) => (word >>> (bits - 1 - i)) & 1);
}

function bytesOf(bits) {
  const bytes = [];
  for (let i = 0; i < bits.length; i += 8) bytes.push(bits.slice(i, i + 8).reduce((byte, bit) => (byte << 1) | bit, 0));
  return bytes;
}
