// The chain of 74AHC595: shifts on every rising edge of the bus clock, whoever the frame is for; RCLK rising copies.

const BITS = 32;
const FASTEST_HZ = 60e6; // [recalled], at 3.3 V

export class Latches {
  constructor(fault) {
    this.fault = (what) => fault(`latches: ${what}`);
    this.chain = 0;
    this.wrongBits = 0;
    this.pattern = 0;
  }

  shift(word, bits, spi) {
    if (spi.hz > FASTEST_HZ) this.fault(`clock of ${spi.hz} Hz`);
    // In modes 0 and 3 data stand still at the rising edge; in the others that edge changes them.
    const right = spi.mode === 0 || spi.mode === 3;
    this.wrongBits = right ? Math.max(0, this.wrongBits - bits) : BITS;
    this.chain = (((this.chain << bits) >>> 0) | (right ? word : word >>> 1)) >>> 0;
  }

  /** RCLK rising. */
  copy() {
    if (this.wrongBits > 0) this.fault('copied bits that were shifted in a wrong SPI mode');
    this.pattern = this.chain;
  }
}
