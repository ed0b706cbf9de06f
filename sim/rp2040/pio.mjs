// rp2040js steps PIO outside simulated time and without clock dividers. Here every enabled state machine runs at its own
// pace by alarms of the simulated clock. A countdown in one instruction (JMP X-- to itself) is one alarm, so that a pulse
// of a second costs no more than one of a microsecond. Clock dividers other than 1 are refused.

const CTRL = 0x00;
const STATE_MACHINES = 0x0c8;
const STATE_MACHINE_SIZE = 0x18;
const SHIFTCTRL = 0x08;
const STATE_MACHINES_END = STATE_MACHINES + 4 * STATE_MACHINE_SIZE;
const FIFO_JOIN = 0xc0000000;
const DIVIDER_ONE = 0x10000;

class Pace {
  constructor(pio, machine, clock, cycleNs) {
    this.pio = pio;
    this.machine = machine;
    this.cycleNs = cycleNs;
    this.alarm = clock.createAlarm(() => this.#step());
    this.running = false;
  }

  /** Starts or stops the alarms as the machine's state asks for. */
  update() {
    const runs = this.machine.enabled && !this.machine.waiting;
    if (runs && !this.running) this.alarm.schedule(this.#skipped() * this.cycleNs());
    if (!runs && this.running) this.alarm.cancel();
    this.running = runs;
  }

  // Cycles until the next instruction that does more than count down.
  #skipped() {
    const { machine } = this;
    const countdown = 0x0040 | machine.pc;
    if (this.pio.instructions[machine.pc] !== countdown || machine.x === 0) return 1;
    const cycles = machine.x >>> 0;
    machine.x = 0;
    return cycles + 1;
  }

  #step() {
    const { machine } = this;
    const before = machine.cycles;
    machine.step();
    this.pio.checkChangedPins();
    const extra = Math.max(1, machine.cycles - before) - 1;
    this.running = machine.enabled && !machine.waiting;
    if (this.running) this.alarm.schedule((extra + this.#skipped()) * this.cycleNs());
  }
}

/** `cycleNs()` is what a cycle of the system clock takes. */
export function pace(pio, clock, cycleNs) {
  const paces = pio.machines.map((machine) => new Pace(pio, machine, clock, cycleNs));
  pio.run = () => {};
  const write = pio.writeUint32.bind(pio);
  pio.writeUint32 = (offset, value) => {
    if (offset >= STATE_MACHINES && offset < STATE_MACHINES_END) prepare(pio, offset, value);
    write(offset, value);
    if (offset === CTRL) pio.stopped = !(value & 0xf);
    pio.checkChangedPins();
    for (const each of paces) each.update();
  };
}

function prepare(pio, offset, value) {
  const machine = pio.machines[Math.floor((offset - STATE_MACHINES) / STATE_MACHINE_SIZE)];
  const register = (offset - STATE_MACHINES) % STATE_MACHINE_SIZE;
  if (register === 0 && value >>> 0 !== DIVIDER_ONE) throw new Error('PIO clock dividers are not emulated');
  // Changing how the FIFOs are joined empties them.
  if (register === SHIFTCTRL && (machine.shiftCtrl ^ value) & FIFO_JOIN) {
    machine.txFIFO.reset();
    machine.rxFIFO.reset();
  }
}
