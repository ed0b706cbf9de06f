// The board of one emulator: runs the image, life after life, until the emulator closes its end.
import fs from 'node:fs';

import { Board } from './board.mjs';
import { Crossbar } from './crossbar.mjs';
import { FlashImage } from './flash_image.mjs';
import { EmulatorGone, Link } from './link.mjs';
import { Processor } from './processor.mjs';
import { UsbSerial } from './usb_serial.mjs';

const TURN_NS = 1e6; // simulated time between two looks at the host's bytes while the processor works
const IDLE_NS = 5e6; // longest sleep while it does not
const SHORTEST_SLEEP_NS = 0.5e6; // shorter ones take no wall time

class Runner {
  constructor() {
    this.crossbar = new Crossbar(new Link());
    const start = this.crossbar.start();
    this.board = new Board(start.board, Buffer.from(start.serial, 'hex'), this.crossbar);
    this.memory = { rom: fs.readFileSync(start.rom), flash: new FlashImage(fs.readFileSync(start.image), start.flash) };
    this.base = 0;
  }

  run() {
    let before = null;
    for (;;) {
      const life = new Processor(this.memory, before);
      const reason = this.#live(life);
      const image = this.crossbar.take('image');
      if (image) this.memory.flash.load(image);
      this.base += life.clock.nanos;
      before = life.remains(reason);
    }
  }

  #live(life) {
    const { mcu, clock } = life;
    const { crossbar } = this;
    let output = [];
    let heardAt = 0; // when the first byte of the last request began to come
    let answeredAt = 0; // when the last byte came back
    let turnNs = 0; // from the last byte of a request to the first of its reply
    life.onError = (what) => crossbar.fault(`processor: ${what}`, this.base + clock.nanos);
    this.board.attach(mcu, clock, this.base);
    this.board.onReset = (ns) => clock.createAlarm(() => (life.resetBy = 'reset')).schedule(ns);
    const usb = new UsbSerial(mcu, clock, (bytes) => {
      output.push(...bytes);
      if (answeredAt < heardAt) turnNs = usb.firstReadyAt - usb.busyUntil.out;
      answeredAt = this.base + usb.busyUntil.in;
    });
    let hung = false;
    for (;;) {
      this.#turn(life, usb.waiting > 0, hung);
      const now = this.base + clock.nanos;
      if (life.resetBy) crossbar.failed(now, life.resetBy);
      const reason = crossbar.take('reset');
      if (reason) return reason;
      if (output.length) {
        crossbar.write(now, answeredAt - heardAt, turnNs, output);
        output = [];
      }
      const sleep = !hung && mcu.core.waiting ? Math.min(IDLE_NS, clock.nanosToNextAlarm) : 0;
      const patience = sleep < SHORTEST_SLEEP_NS ? 0 : Math.ceil(sleep / 1e6);
      const { elapsedNs, bytes } = crossbar.read(now, patience);
      clock.tick(patience ? Math.min(sleep, elapsedNs) : sleep);
      if (bytes) {
        if (answeredAt >= heardAt) heardAt = this.base + clock.nanos;
        usb.send(bytes);
      }
      const resetNs = crossbar.take('reset_after_ns');
      if (resetNs !== undefined) this.board.onReset(resetNs);
      const tripNs = crossbar.take('trip_after_ns');
      if (tripNs !== undefined) this.board.tripAfter(tripNs);
      if (crossbar.take('hang')) hung = true;
      const silent = crossbar.take('silent_dacs');
      if (silent !== undefined) this.board.dacs.forEach((dac, side) => (dac.silent = Boolean((silent >> side) & 1)));
      for (const name of ['vp', 'vn']) {
        const uv = crossbar.take(`rail_${name}_uv`);
        if (uv !== undefined) this.board.rails.set(name, uv / 1e6);
      }
      const allowance = crossbar.take('cut_after');
      if (allowance !== undefined) this.memory.flash.allowance = allowance < 0 ? Infinity : allowance;
    }
  }

  // Runs until it is time to look at the host, the processor sleeps, or it is reset. A hung one only lets time pass.
  #turn(life, busy, hung) {
    const { clock } = life;
    const { core } = life.mcu;
    const until = clock.nanos + TURN_NS;
    const { orders } = this.crossbar;
    while (clock.nanos < until && !life.resetBy && !orders.reset) {
      if (hung || core.waiting) {
        if (!hung && !busy) break;
        const next = clock.nanosToNextAlarm;
        clock.tick(next > 0 ? Math.min(until - clock.nanos, next) : until - clock.nanos);
      } else {
        clock.tick(core.executeInstruction() * life.cycleNs);
      }
    }
  }
}

try {
  new Runner().run();
} catch (error) {
  if (!(error instanceof EmulatorGone)) throw error;
}
