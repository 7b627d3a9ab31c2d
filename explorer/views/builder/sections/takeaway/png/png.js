const LARGEST = 16000; // pixels a side that browsers still draw

function loaded(url) {
  return new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => resolve(image);
    image.onerror = () => reject(new Error("the picture could not be drawn"));
    image.src = url;
  });
}

async function pngOf(svg, scale) {
  const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
  try {
    const image = await loaded(url);
    const fit = Math.min(scale, LARGEST / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(image.width * fit);
    canvas.height = Math.round(image.height * fit);
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
    if (!blob) throw new Error("the browser made no PNG of the picture");
    return blob;
  } finally {
    URL.revokeObjectURL(url);
  }
}

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button");
  const alert = parentElement.querySelector("p");
  button.querySelector("span").textContent = data.label;
  button.onclick = async () => {
    alert.textContent = "";
    try {
      save(await pngOf(data.svg, data.scale), data.name);
    } catch (error) {
      alert.textContent = `${error.message}; download the SVG instead`;
    }
  };
}
