// @ts-check
/** Pictures made ready for a model: turned upright, at most 2048 pixels wide or high, as JPEG or PNG. */

import { newTicketId } from "./ticket.js";
import { words } from "./words.js";

/** @typedef {{id: string, name: string, base64: string}} Picture */

export const MOST = 8;
const LONGEST_SIDE = 2048;
/** The server takes 4 MiB of base64, which is 3 MiB of picture. */
const MOST_BYTES = 3 * 1024 * 1024 - 1024;
/** A PNG is kept a PNG (sharp letters) while it is this small. */
const SMALL_PNG_BYTES = 1024 * 1024;
const QUALITIES = [0.9, 0.75, 0.5, 0.3];

/** A picture cannot be used; the message says why. */
export class PictureError extends Error {}

/** @param {File} file @returns {Promise<Picture>} */
export async function preparePicture(file) {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new PictureError(words.notAPicture(file.name));
  });
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, LONGEST_SIDE / Math.max(bitmap.width, bitmap.height));
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const blob = await smallEnough(canvas, bitmap, file);
  bitmap.close();
  return { id: newTicketId(), name: file.name || words.picture(1), base64: await base64Of(blob) };
}

/** @param {HTMLCanvasElement} canvas @param {ImageBitmap} bitmap @param {File} file @returns {Promise<Blob>} */
async function smallEnough(canvas, bitmap, file) {
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  if (file.type !== "image/jpeg") {
    const png = await toBlob(canvas, "image/png", 1);
    if (png.size <= SMALL_PNG_BYTES) return png;
    // JPEG knows no transparency; what shines through is to be white, not black.
    pen.globalCompositeOperation = "destination-over";
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, canvas.width, canvas.height);
  }
  for (const quality of QUALITIES) {
    const jpeg = await toBlob(canvas, "image/jpeg", quality);
    if (jpeg.size <= MOST_BYTES) return jpeg;
  }
  throw new PictureError(words.pictureTooLarge(file.name));
}

/** @param {HTMLCanvasElement} canvas @param {string} type @param {number} quality @returns {Promise<Blob>} */
function toBlob(canvas, type, quality) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new PictureError(words.notAPicture("")))), type, quality);
  });
}

/** @param {Blob} blob @returns {Promise<string>} */
function base64Of(blob) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener("load", () => resolve(String(reader.result).replace(/^[^,]*,/, "")));
    reader.addEventListener("error", () => reject(reader.error));
    reader.readAsDataURL(blob);
  });
}
