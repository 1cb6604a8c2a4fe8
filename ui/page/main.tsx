import "./style/tokens.css";
import "./style/frame.css";
import "./style/parts.css";
import "./style/lines.css";
import "./style/letters.css";
import "./style/graph.css";
import { render } from "preact";
import { App } from "./app.tsx";

const place = document.getElementById("app");
if (place) render(<App />, place);
