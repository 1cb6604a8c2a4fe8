/** What is to be placed: boxes with their sizes, and the ways between them. */
export interface Drawing {
  readonly boxes: readonly { readonly id: string; readonly width: number; readonly height: number }[];
  readonly ways: readonly { readonly from: string; readonly to: string }[];
  readonly direction: "LR" | "TB";
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Where everything is: middles of boxes, points of ways in the order of the drawing. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly boxes: Readonly<Record<string, Point>>;
  readonly ways: readonly (readonly Point[])[];
}

let worker: Worker | undefined;
let asked = 0;

/** Places a drawing without holding up the page: in a worker, which is started when there is something to draw. */
export function layOut(drawing: Drawing): Promise<Layout> {
  worker ??= new Worker("ui/layout.js", { type: "module" });
  const own = worker;
  const id = ++asked;
  return new Promise((resolve) => {
    const take = ({ data }: MessageEvent<{ readonly id: number; readonly layout: Layout }>) => {
      if (data.id !== id) return;
      own.removeEventListener("message", take);
      resolve(data.layout);
    };
    own.addEventListener("message", take);
    own.postMessage({ id, drawing });
  });
}
