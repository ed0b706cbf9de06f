// The crossbar behind the board, as the emulator that started us plays it, and its orders to the processor.

export class Crossbar {
  constructor(link) {
    this.link = link;
    this.orders = {};
  }

  // A reply is `ok` and values, then orders as name=value; or `reset` and the reason, and an image if there is a new one.
  #ask(...words) {
    const [status, ...rest] = this.link.ask(...words);
    if (status === 'reset') {
      this.orders.reset = rest[0];
      this.orders.image = rest[1] && Buffer.from(rest[1], 'hex');
      return [];
    }
    const values = [];
    for (const word of rest) {
      const equals = word.indexOf('=');
      if (equals < 0) values.push(word);
      else this.orders[word.slice(0, equals)] = Number(word.slice(equals + 1));
    }
    return values;
  }

  /** Takes an order that came with any reply. */
  take(name) {
    const value = this.orders[name];
    delete this.orders[name];
    return value;
  }

  start() {
    const [text] = this.#ask('start');
    return JSON.parse(Buffer.from(text, 'hex').toString());
  }

  /** Lines at the array; says whether the comparators trip, and what is planned for this gate. */
  lines(t, rows, cols, pattern, rowCodes, colCodes) {
    const [trips] = this.#ask('lines', Math.round(t), +rows, +cols, pattern, ...rowCodes, ...colCodes);
    return { trips: trips === '1', tripAfterNs: this.take('trip_after_ns'), resetAfterNs: this.take('reset_after_ns') };
  }

  convert(t, span, osr, ns) {
    const [reply, ...codes] = this.#ask('convert', Math.round(t), span, osr, ns);
    return { reply, codes: codes.length ? codes.map(Number) : new Array(8).fill(0) };
  }

  fault(what, t) {
    this.#ask('fault', Math.round(t), Buffer.from(what).toString('hex'));
  }

  read(t, timeoutMs) {
    const [elapsedNs, bytes] = this.#ask('read', Math.round(t), timeoutMs);
    return { elapsedNs: Number(elapsedNs ?? 0), bytes: bytes ? Buffer.from(bytes, 'hex') : null };
  }

  /** What the firmware sent; the whole exchange from first byte in to last byte out, and from last in to first out. */
  write(t, wholeNs, turnNs, bytes) {
    this.#ask('write', Math.round(t), Math.round(wholeNs), Math.round(turnNs), Buffer.from(bytes).toString('hex'));
  }

  /** The processor was reset by itself; the reply is the order to reset. */
  failed(t, reason) {
    this.#ask('failed', Math.round(t), reason);
  }
}
