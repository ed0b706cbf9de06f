// The line to the emulator that started us: one request, one reply, both one line of words; we wait for each reply, so
// that simulated time never runs ahead of what the devices do.
//
// Standard input and output carry it and are read and written without an event loop.
import fs from 'node:fs';

const REQUESTS = 1;
const REPLIES = 0;
const CHUNK = 65536;

export class EmulatorGone extends Error {}

export class Link {
  constructor() {
    this.buffer = Buffer.alloc(0);
  }

  /** Sends one request and returns the words of its reply. */
  ask(...words) {
    writeAll(`${words.join(' ')}\n`);
    return this.#line().split(' ');
  }

  #line() {
    let end;
    while ((end = this.buffer.indexOf(10)) < 0) {
      const chunk = Buffer.alloc(CHUNK);
      const size = fs.readSync(REPLIES, chunk, 0, CHUNK, null);
      if (size === 0) throw new EmulatorGone('the emulator closed its end');
      this.buffer = Buffer.concat([this.buffer, chunk.subarray(0, size)]);
    }
    const line = this.buffer.subarray(0, end).toString('latin1');
    this.buffer = this.buffer.subarray(end + 1);
    return line;
  }
}

function writeAll(text) {
  const bytes = Buffer.from(text, 'latin1');
  for (let sent = 0; sent < bytes.length; ) sent += fs.writeSync(REQUESTS, bytes, sent);
}
