import { CatalogLink } from "../../components/catalog/CatalogName";

export function TeamNames({ ids }: { ids: readonly string[] }) {
  return (
    <>
      {ids.map((id, index) => (
        <span key={id}>
          {index > 0 && ", "}
          <CatalogLink kind="teams" id={id} />
        </span>
      ))}
    </>
  );
}
