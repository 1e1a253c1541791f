import { fieldLabel, type FieldLabels } from "../../components/words/fieldLabels";
import classes from "./Catalog.module.css";

function words(value: unknown): string {
  if (Array.isArray(value)) return value.map(words).join(", ");
  if (typeof value !== "object" || value === null) return String(value);
  return Object.entries(value)
    .map(([name, one]) => `${name} ${words(one)}`)
    .join(", ");
}

/** The settings of a record's type, as they are stored. */
export function Settings({
  config,
  title = "Settings",
  labels = {},
}: {
  config: Record<string, unknown>;
  title?: string;
  labels?: FieldLabels;
}) {
  const settings = Object.entries(config);
  if (settings.length === 0) return null;
  return (
    <section className={classes.drawerSection} aria-label={title}>
      <h3 className={classes.drawerTitle}>{title}</h3>
      <dl className={classes.settings}>
        {settings.map(([name, value]) => (
          <div key={name} className={classes.settingsLine}>
            <dt>{fieldLabel(`config.${name}`, labels)}</dt>
            <dd>{words(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
