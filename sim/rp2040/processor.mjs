// One life of the RP2040: from leaving reset to the next reset. Flash, and the watchdog's scratch registers, live on.
import { randomInt } from 'node:crypto';

import { RP2040 } from 'rp2040js';

import { CoreSupply } from './core_supply.mjs';
import { pace } from './pio.mjs';
import { SimulationClock } from './simulation_clock.mjs';

const ROM_BYTES = 16384;
const FLASH_START = 0x10000000;
const VECTORS = 0x100; // behind the second stage
const SECTOR = 4096;
const PAGE = 256;
// Typical of the Pico's flash; the longest erase is some 400 ms [recalled].
const ERASE_NS = 45e6;
const PROGRAM_NS = 0.4e6;
const WATCHDOG = 0x40058;
const RING_OSCILLATOR = 0x40060;
const REGULATOR = 0x40064;
const RANDOM_BIT = 0x1c;
const FORCED = 2;

const BREAK_ERASE = 0x21;
const BREAK_PROGRAM = 0x22;
const BREAK_USB_BOOT = 0x23;

export class Processor {
  /**
   * `memory` is { rom, flash }; `flash` has read(mcu) and wrote(mcu, offset, size).
   * `before` is { scratch, reason } of the watchdog at the reset, or null after power-up.
   */
  constructor(memory, before) {
    this.clock = new SimulationClock();
    this.mcu = new RP2040(this.clock);
    this.memory = memory;
    this.resetBy = null;
    const { mcu } = this;
    mcu.logger = { debug() {}, info() {}, warn() {}, error: (part, what) => this.onError?.(`${part}: ${what}`) };
    const rom = new Uint8Array(ROM_BYTES);
    rom.set(memory.rom);
    mcu.loadBootrom(new Uint32Array(rom.buffer));
    memory.flash.read(mcu);
    mcu.core.VTOR = FLASH_START + VECTORS;
    mcu.core.SP = mcu.flashView.getUint32(VECTORS, true);
    mcu.core.PC = mcu.flashView.getUint32(VECTORS + 4, true) & ~1;
    mcu.onBreak = (code) => this.#serve(code);
    // The stock one is not there: its random bit would never change.
    const ring = mcu.peripherals[RING_OSCILLATOR];
    const readRing = ring.readUint32.bind(ring);
    ring.readUint32 = (offset) => (offset === RANDOM_BIT ? randomInt(2) : readRing(offset));
    mcu.peripherals[REGULATOR] = new CoreSupply(mcu, (what) => this.onError?.(what));
    this.cycleNs = 1e9 / mcu.clkSys;
    mcu.addClockListener((hz) => this.#clockChanged(hz));
    for (const pio of mcu.pio) pace(pio, this.clock, () => this.cycleNs);
    this.watchdog = mcu.peripherals[WATCHDOG];
    if (before) {
      this.watchdog.scratchData.set(before.scratch);
      this.watchdog.reason = before.reason;
    }
    this.watchdog.onWatchdogTrigger = () => {
      this.watchdog.alarm.enable = false; // at zero it would fire again and again
      this.resetBy = this.watchdog.reason === FORCED ? 'reset' : 'watchdog';
    };
  }

  /** What the next life finds in its watchdog. */
  remains(reason) {
    if (reason === 'power') return null;
    const scratch = Uint32Array.from(this.watchdog.scratchData);
    if (reason === 'reset') scratch[4] = 0;
    return { scratch, reason: reason === 'reset' ? FORCED : 1 };
  }

  // From here on time goes in whole cycles again, whatever part of a nanosecond a slower clock has left behind.
  #clockChanged(hz) {
    this.cycleNs = 1e9 / hz;
    this.clock.tick(Math.ceil(this.clock.nanos) - this.clock.nanos);
  }

  #serve(code) {
    const { mcu, clock } = this;
    const [offset, second, size] = mcu.core.registers;
    if (code === BREAK_ERASE) {
      mcu.flash.fill(0xff, offset, offset + second);
      this.memory.flash.wrote(mcu, offset, second);
      clock.tick((ERASE_NS * second) / SECTOR);
    } else if (code === BREAK_PROGRAM) {
      const cut = this.memory.flash.allowed(size);
      for (let i = 0; i < cut; i++) mcu.flash[offset + i] &= mcu.readUint8(second + i);
      this.memory.flash.wrote(mcu, offset, cut);
      clock.tick((PROGRAM_NS * size) / PAGE);
      if (cut < size) this.resetBy = 'power';
    } else if (code === BREAK_USB_BOOT) {
      this.resetBy = 'bootsel';
    } else {
      this.onError?.(`breakpoint ${code.toString(16)} at ${mcu.core.LR.toString(16)}`);
    }
  }
}
