// UF2 as the boot ROM takes it: blocks of 512 bytes that say where in flash they belong; others are passed over.
// Source: USB Flashing Format specification (Microsoft, github.com/microsoft/uf2).
const BLOCK = 512;
const START = [0x0a324655, 0x9e5d5157];
const END = 0x0ab16f30;
const FAMILY_PRESENT = 0x2000;
const NOT_FOR_FLASH = 1;
const RP2040 = 0xe48bff56;
const FLASH = 0x10000000;
const PAGE = 256;

/** The pages of an image for the RP2040: { offset in flash, bytes }. */
export function* pages(image) {
  for (let at = 0; at + BLOCK <= image.length; at += BLOCK) {
    const block = image.subarray(at, at + BLOCK);
    const [first, second, flags, address, size, , , family] = Array.from({ length: 8 }, (_, i) =>
      block.readUInt32LE(4 * i),
    );
    const whole = first === START[0] && second === START[1] && block.readUInt32LE(BLOCK - 4) === END;
    const ours = flags & FAMILY_PRESENT && !(flags & NOT_FOR_FLASH) && family === RP2040 && size === PAGE;
    if (whole && ours) yield { offset: address - FLASH, bytes: block.subarray(32, 32 + size) };
  }
}
