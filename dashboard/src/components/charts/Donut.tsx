import classes from "./charts.module.css";
import { Tooltip, type TooltipLine, useHovered } from "./Tooltip";

interface DonutProps {
  data: readonly TooltipLine[];
  size: number;
  /** Shown in its middle. */
  label: string;
  /** A segment was clicked. The legend has the same as links: this is for the mouse alone. */
  onPick: (index: number) => void;
}

const THICKNESS = 22;
/** Degrees between two segments. */
const GAP = 2;

/** A ring of segments, clockwise from the top. */
export function Donut({ data, size, label, onPick }: DonutProps) {
  const { hovered, hover, leave } = useHovered();
  const line = data[hovered?.index ?? -1];
  return (
    <div className={classes.donut} data-chart>
      <svg width={size} height={size} aria-hidden onMouseLeave={leave}>
        {arcsOf(data).map(({ start, length, color, label: name }, index) => (
          <circle
            key={name}
            aria-hidden
            cx={size / 2}
            cy={size / 2}
            r={(size - THICKNESS) / 2}
            pathLength={360}
            strokeWidth={THICKNESS}
            strokeDasharray={`${length} ${360 - length}`}
            strokeDashoffset={-start}
            className={classes.segment}
            style={{ stroke: color }}
            onMouseMove={(event) => hover(index, event)}
            onClick={() => onPick(index)}
          />
        ))}
      </svg>
      <div className={classes.middle}>{label}</div>
      {line !== undefined && hovered !== null && <Tooltip lines={[line]} at={hovered.at} />}
    </div>
  );
}

/** Where each segment begins and how long it is, in degrees. */
function arcsOf(data: readonly TooltipLine[]) {
  const gap = data.length > 1 ? GAP : 0;
  const total = data.reduce((sum, { value }) => sum + value, 0);
  let start = 0;
  return data.map((line) => {
    const arc = { ...line, start, length: ((360 - gap * data.length) * line.value) / total };
    start += arc.length + gap;
    return arc;
  });
}
