import { SegmentedControl, useMantineColorScheme, VisuallyHidden } from "@mantine/core";

import { Icon, type IconName } from "./Icon";
import classes from "./ColorScheme.module.css";

const CHOICES = [
  { value: "light", icon: "sun", label: "Light" },
  { value: "auto", icon: "system", label: "System" },
  { value: "dark", icon: "moon", label: "Dark" },
] as const satisfies { value: string; icon: IconName; label: string }[];

export function ColorScheme() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  return (
    <SegmentedControl
      aria-label="Theme"
      fullWidth
      size="xs"
      value={colorScheme}
      onChange={setColorScheme}
      data={CHOICES.map(({ value, icon, label }) => ({
        value,
        label: (
          <span className={classes.choice} title={label}>
            <Icon name={icon} size={15} />
            <VisuallyHidden>{label}</VisuallyHidden>
          </span>
        ),
      }))}
    />
  );
}
