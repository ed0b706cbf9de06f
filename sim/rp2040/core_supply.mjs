// The regulator of the processor's core: only its voltage, and whether that is enough for the clock.

const VREG = 0x00;
const RESET = 0xb1; // 1.10 V
const SELECT_SHIFT = 4;
const SELECT_MASK = 0xf;
const SELECT_1V15 = 0b1100;
const FASTEST_BELOW_HZ = 133e6; // Raspberry Pi's SDK 2.1.1 asks for 1.15 V at 200 MHz

export class CoreSupply {
  /** Takes the place of the stock regulator, which does nothing. */
  constructor(mcu, fault) {
    this.vreg = RESET;
    mcu.addClockListener((hz) => {
      const select = (this.vreg >>> SELECT_SHIFT) & SELECT_MASK;
      if (hz > FASTEST_BELOW_HZ && select < SELECT_1V15) fault(`clock of ${hz} Hz at less than 1.15 V`);
    });
  }

  readUint32(offset) {
    return offset === VREG ? this.vreg : 0;
  }

  writeUint32(offset, value) {
    if (offset === VREG) this.vreg = value;
  }

  writeUint32Atomic(offset, value, how) {
    const before = this.readUint32(offset);
    this.writeUint32(offset, [value, before ^ value, before | value, before & ~value][how]);
  }
}
