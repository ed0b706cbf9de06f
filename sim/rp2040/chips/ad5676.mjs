// AD5676: eight line converters behind 24-bit frames, taken on falling edges of the clock; a frame acts at SYNC rising.
// Times marked [recalled] in the board's description of this part want its datasheet.

const FRAME_BITS = 24;
const SPI_MODE = 1;
const CHANNELS = 8;
const MID_SCALE = 0x8000;
const FASTEST_HZ = 50e6;
const FASTEST_READ_BACK_HZ = 15e6; // [recalled]
const FRAME_PERIOD_NS = 830; // SYNC rising to SYNC rising
const LDAC_LOW_NS = 20; // [recalled]
const RESET_LOW_NS = 30; // [recalled]

export class Ad5676 {
  constructor(name, fault) {
    this.name = name;
    this.fault = (what) => fault(`${name}: ${what}`);
    this.selected = false;
    this.framed = -Infinity;
    this.inReset = true;
    this.silent = false; // its SDO is broken
    this.#clear();
  }

  #clear() {
    this.input = new Uint16Array(CHANNELS).fill(MID_SCALE);
    this.output = new Uint16Array(CHANNELS).fill(MID_SCALE);
    this.readBack = null;
    this.shiftedIn = 0;
    this.bits = 0;
  }

  reset(low, t) {
    if (low) {
      this.inReset = true;
      this.resetAt = t;
      this.#clear();
    } else if (this.inReset) {
      if (t - this.resetAt < RESET_LOW_NS) this.fault(`RESET low for ${t - this.resetAt} ns`);
      this.inReset = false;
    }
  }

  /** SYNC; true is selected (low). */
  select(selected, t) {
    if (selected === this.selected) return;
    this.selected = selected;
    if (selected) {
      this.bits = 0;
      this.shiftedIn = 0;
      this.answer = this.readBack;
      this.readBack = null;
    } else if (!this.inReset) {
      this.#frame(t);
    }
  }

  /** One word of the bus while selected; returns what the converter drives on SDO. */
  shift(word, bits, spi) {
    if (!this.selected) return 0;
    if (spi.mode !== SPI_MODE) this.fault(`SPI mode ${spi.mode}, not ${SPI_MODE}`);
    if (spi.hz > FASTEST_HZ) this.fault(`clock of ${spi.hz} Hz`);
    // On the wrong edges each bit is the one before.
    const taken = spi.mode === SPI_MODE ? word : word >>> 1;
    this.shiftedIn = ((this.shiftedIn * 2 ** bits + taken) % 2 ** FRAME_BITS) >>> 0;
    let driven = 0;
    if (this.answer !== null) {
      if (spi.hz > FASTEST_READ_BACK_HZ) this.fault(`read-back at ${spi.hz} Hz`);
      driven = (this.answer >>> Math.max(0, FRAME_BITS - this.bits - bits)) & (2 ** bits - 1);
    }
    this.bits += bits;
    return this.silent ? 0 : driven;
  }

  #frame(t) {
    if (this.bits < FRAME_BITS) return this.fault(`a frame of ${this.bits} bits`);
    if (t - this.framed < FRAME_PERIOD_NS) this.fault(`frames ${t - this.framed} ns apart`);
    this.framed = t;
    const command = this.shiftedIn >>> 20;
    const channel = (this.shiftedIn >>> 16) & 15;
    const code = this.shiftedIn & 0xffff;
    if (command === 0) return undefined;
    if (channel >= CHANNELS) return this.fault(`channel ${channel}`);
    if (command === 1) this.input[channel] = code;
    else if (command === 3) this.input[channel] = this.output[channel] = code;
    else if (command === 9) this.readBack = this.input[channel];
    else return this.fault(`command ${command}`);
    return undefined;
  }

  /** LDAC; true is low. Returns whether outputs may have moved. */
  load(low, t) {
    if (low) {
      this.loadedAt = t;
      if (this.inReset) return false;
      this.output.set(this.input);
      return true;
    }
    if (t - this.loadedAt < LDAC_LOW_NS) this.fault(`LDAC low for ${t - this.loadedAt} ns`);
    return false;
  }
}
