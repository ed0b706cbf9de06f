// The Pico's flash: the image, and what the firmware has written since, kept in a file if there is one.
import fs from 'node:fs';

import { pages } from './uf2.mjs';

const SIZE = 2 * 1024 * 1024;

export class FlashImage {
  constructor(image, file) {
    this.content = new Uint8Array(SIZE).fill(0xff);
    this.allowance = Infinity; // bytes that may still be programmed before the supply is lost
    if (file && fs.existsSync(file)) this.content.set(fs.readFileSync(file).subarray(0, SIZE));
    this.file = file ? fs.openSync(file, fs.existsSync(file) ? 'r+' : 'w+') : null;
    this.load(image);
  }

  /** What the boot ROM does with an image: its pages go where they say. */
  load(image) {
    for (const { offset, bytes } of pages(image)) this.content.set(bytes, offset);
    if (this.file !== null) fs.writeSync(this.file, this.content, 0, SIZE, 0);
  }

  read(mcu) {
    mcu.flash.set(this.content);
  }

  wrote(mcu, offset, size) {
    this.content.set(mcu.flash.subarray(offset, offset + size), offset);
    if (this.file !== null) fs.writeSync(this.file, this.content, offset, size, offset);
  }

  /** How much of a write still takes place. */
  allowed(size) {
    const bytes = Math.min(size, this.allowance);
    this.allowance = bytes < size ? Infinity : this.allowance - bytes;
    return bytes;
  }
}
