// Photos are made smaller when they are chosen, before they are sent or wait: long side at most 1600 px, JPEG.
// Drawing them anew drops what the camera wrote beside them (position, device); the time of capture is written back.
(() => {
  "use strict";
  const LONG_SIDE = 1600;
  const QUALITY = 0.8;
  const SMALL = 300 * 1024; // below this a photo of at most LONG_SIDE goes as it is
  const [ORIGINAL, OFFSET, IFD] = [0x9003, 0x9011, 0x8769];

  // {0x9003: "2026:11:22 10:05:00", 0x9011: "+08:00"} of a JPEG; {} when it says nothing.
  function times(buffer) {
    const view = new DataView(buffer);
    const found = {};
    try {
      if (view.getUint16(0) !== 0xffd8) return found;
      for (let at = 2; view.getUint8(at) === 0xff && view.getUint8(at + 1) !== 0xda; at += 2 + view.getUint16(at + 2)) {
        if (view.getUint16(at) !== 0xffe1 || view.getUint32(at + 4) !== 0x45786966) continue;
        const base = at + 10;
        const little = view.getUint16(base) === 0x4949;
        const walk = (offset) => {
          for (let row = 0; row < view.getUint16(base + offset, little); row += 1) {
            const entry = base + offset + 2 + row * 12;
            const tag = view.getUint16(entry, little);
            if (tag === IFD) walk(view.getUint32(entry + 8, little));
            if (tag !== ORIGINAL && tag !== OFFSET) continue;
            const length = view.getUint32(entry + 4, little);
            const start = length > 4 ? base + view.getUint32(entry + 8, little) : entry + 8;
            found[tag] = String.fromCharCode(...new Uint8Array(buffer, start, Math.min(length, 32))).replace(/\0.*$/, "");
          }
        };
        walk(view.getUint32(base + 4, little));
      }
    } catch (error) { /* a block that is cut off says nothing */ }
    return found;
  }
  // The segment that holds only these times.
  function segment(found) {
    const tags = [ORIGINAL, OFFSET].filter((tag) => found[tag]);
    if (!tags.length) return null;
    const heap = 26 + 2 + tags.length * 12 + 4; // after the header, one entry that points to the block, and the block
    const size = heap + tags.reduce((sum, tag) => sum + found[tag].length + 1, 0);
    const view = new DataView(new ArrayBuffer(10 + size));
    view.setUint16(0, 0xffe1);
    view.setUint16(2, 8 + size);
    view.setUint32(4, 0x45786966); // "Exif", two zeros
    const base = 10;
    view.setUint32(base, 0x4d4d002a); // big-endian
    view.setUint32(base + 4, 8);
    const entry = (at, tag, type, count, value) => { view.setUint16(at, tag); view.setUint16(at + 2, type); view.setUint32(at + 4, count); view.setUint32(at + 8, value); };
    view.setUint16(base + 8, 1);
    entry(base + 10, IFD, 4, 1, 26);
    view.setUint16(base + 26, tags.length);
    let text = heap;
    tags.forEach((tag, row) => {
      entry(base + 28 + row * 12, tag, 2, found[tag].length + 1, text);
      [...found[tag]].forEach((sign, index) => view.setUint8(base + text + index, sign.charCodeAt(0)));
      text += found[tag].length + 1;
    });
    return view.buffer;
  }

  async function smaller(file) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file; // the server says why not
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
    if (scale === 1 && file.size <= SMALL) return file;
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    const pen = canvas.getContext("2d");
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.imageSmoothingQuality = "high";
    pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
    picture.close();
    const jpeg = await new Promise((resolve) => { canvas.toBlob(resolve, "image/jpeg", QUALITY); });
    if (!jpeg) return file;
    const taken = segment(times(await file.slice(0, 256 * 1024).arrayBuffer()));
    const parts = taken ? [jpeg.slice(0, 2), taken, jpeg.slice(2)] : [jpeg];
    const name = file.name.replace(/\.[^.]*$/, "") + ".jpg";
    return new File(parts, name, { type: "image/jpeg", lastModified: file.lastModified });
  }

  const working = new WeakMap(); // input → promise
  async function shrink(input) {
    const chosen = [...input.files];
    const ready = [];
    for (const file of chosen) ready.push(await smaller(file).catch(() => file)); // one at a time: phones have little memory
    if (ready.every((file, index) => file === chosen[index])) return;
    const transfer = new DataTransfer();
    ready.forEach((file) => transfer.items.add(file));
    input.files = transfer.files;
  }
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file" || !input.closest("[data-offline-form]")) return;
    const work = shrink(input).catch(() => undefined).finally(() => working.delete(input));
    working.set(input, work);
  });
  // Whoever saves while photos are still being made smaller waits for them.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-offline-form]")) return;
    const pending = [...form.querySelectorAll("input[type=file]")].map((input) => working.get(input)).filter(Boolean);
    if (!pending.length) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    Promise.all(pending).then(() => form.requestSubmit(event.submitter || undefined));
  }, true);
})();
