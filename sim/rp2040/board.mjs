// The interface board around the processor: which pin goes to which chip, the arm and gate logic, and what of it all the
// crossbar sees. Lines are told to the emulator whenever they change while a gate is open, and when it opens or closes.
import { Ad5676 } from './chips/ad5676.mjs';
import { Ad7606c } from './chips/ad7606c.mjs';
import { ArmFlipFlop } from './chips/arm.mjs';
import { At24cs64 } from './chips/at24cs64.mjs';
import { Latches } from './chips/latches.mjs';
import { RailMonitors } from './chips/rails.mjs';

const HIGH = 1;
const LOW = 0;
// Resistors on the board hold these pins up while the processor's pads float; all others are held down.
const PULLED_UP = ['rowdac_sync_n', 'coldac_sync_n', 'ldac_n', 'adc_cs_n', 'adc_reset'];
const ROWS = 0;
const COLS = 1;

export class Board {
  /** `crossbar` is told of lines and asked for conversions; `description` is hardware/board.toml. */
  constructor(description, serial, crossbar) {
    this.pins = description.pins;
    this.tripDelayNs = description.trip.delay_ns;
    this.order = [description.dac.row_order, description.dac.col_order];
    this.crossbar = crossbar;
    const fault = (what) => crossbar.fault(what, this.now());
    this.dacs = [new Ad5676('row converter', fault), new Ad5676('column converter', fault)];
    this.latches = new Latches(fault);
    this.arm = new ArmFlipFlop();
    this.adc = new Ad7606c(null, (span, osr, ns) => this.#convert(span, osr, ns), fault);
    this.eeprom = new At24cs64(serial);
    this.rails = new RailMonitors(description.rails, description.line.rail_v, description.pins);
    this.levels = {};
    this.onReset = () => {};
    this.gate = { rows: false, cols: false };
  }

  now() {
    return this.base + this.clock.nanos;
  }

  /** Joins the board to a processor that has just left reset; `base` is the time at which its clock began. */
  attach(mcu, clock, base) {
    Object.assign(this, { mcu, clock, base });
    this.adc.useClock(clock);
    this.adc.onBusy = (busy) => this.#drive('adc_busy', busy);
    this.eeprom.connect(mcu.i2c[0]);
    this.rails.connect(mcu.adc);
    for (const [name, pin] of Object.entries(this.pins)) {
      mcu.gpio[pin].addListener(() => this.#pin(name));
      this.#pin(name);
    }
    this.#drive('armed', this.arm.set);
    mcu.spi.forEach((spi, bus) => this.#join(spi, bus));
  }

  #drive(name, level) {
    this.mcu.gpio[this.pins[name]].setInputValue(level);
  }

  #pin(name) {
    const driven = this.mcu.gpio[this.pins[name]].value;
    const level = driven === HIGH || (driven !== LOW && PULLED_UP.includes(name));
    if (this.levels[name] === level) return;
    this.levels[name] = level;
    this.#edge(name, level, this.now());
  }

  #edge(name, level, t) {
    switch (name) {
      case 'rowdac_sync_n':
        return this.dacs[ROWS].select(!level, t);
      case 'coldac_sync_n':
        return this.dacs[COLS].select(!level, t);
      case 'ldac_n': {
        const moved = this.dacs.map((dac) => dac.load(!level, t));
        return moved.includes(true) ? this.#linesChanged(t) : undefined;
      }
      case 'dac_reset_n':
        for (const dac of this.dacs) dac.reset(!level, t);
        this.arm.hold(!level);
        return this.#armChanged(t);
      case 'arm':
        if (level) this.arm.clock();
        return this.#armChanged(t);
      case 'latch_rclk':
        if (level) this.latches.copy();
        return level ? this.#linesChanged(t) : undefined;
      case 'row_en':
      case 'col_en':
        return this.#gateChanged();
      case 'adc_convst':
        return this.adc.start(level, t);
      case 'adc_cs_n':
        return this.adc.select(!level, t);
      case 'adc_reset':
        return this.adc.reset(level, t);
      default:
        return undefined;
    }
  }

  // --- arm flip-flop and gates ---

  #armChanged(t) {
    this.#drive('armed', this.arm.set);
    this.#gate(t);
  }

  // Both gates move in one cycle of the state machine, but their pins are reported one after the other.
  #gateChanged() {
    const settle = this.clock.createAlarm(() => this.#gate(this.now()));
    settle.schedule(0);
  }

  #gate(t) {
    const rows = Boolean(this.levels.row_en && this.arm.set);
    const cols = Boolean(this.levels.col_en && this.arm.set);
    if (rows === this.gate.rows && cols === this.gate.cols) return;
    this.gate = { rows, cols };
    this.#tell(t);
  }

  #linesChanged(t) {
    if (this.gate.rows || this.gate.cols) this.#tell(t);
  }

  #tell(t) {
    const { rows, cols } = this.gate;
    const line = (side) => this.order[side].map((channel) => this.dacs[side].output[channel]);
    const after = this.crossbar.lines(t, rows, cols, this.latches.pattern, line(ROWS), line(COLS));
    if (after.trips) this.tripAfter(this.tripDelayNs);
    if (after.tripAfterNs !== undefined) this.tripAfter(after.tripAfterNs);
    if (after.resetAfterNs !== undefined) this.onReset(after.resetAfterNs);
  }

  tripAfter(ns) {
    const alarm = this.clock.createAlarm(() => {
      this.arm.trip();
      this.#armChanged(this.now());
    });
    alarm.schedule(ns);
  }

  // --- buses ---

  #join(spi, bus) {
    spi.onTransmit = (word) => {
      const bits = spi.dataBits;
      const how = { mode: ((spi.control0 >> 5) & 2) | ((spi.control0 >> 7) & 1), hz: spi.clockFrequency };
      const end = this.clock.createAlarm(() => spi.completeTransmit(this.#shift(bus, word, bits, how)));
      end.schedule((bits * 1e9) / how.hz);
    };
  }

  #shift(bus, word, bits, how) {
    if (bus === 1) return this.adc.shift(word, bits, how);
    this.latches.shift(word, bits, how);
    return this.dacs.reduce((driven, dac) => driven | dac.shift(word, bits, how), 0);
  }

  #convert(span, osr, ns) {
    return this.crossbar.convert(this.now(), span, osr, ns);
  }
}
