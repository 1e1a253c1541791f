import { Alert, Button, Text } from "@mantine/core";

interface VersionConflictProps {
  /** That is stored now. */
  version: number;
  /** What did not happen. */
  lost?: string;
  onReload: () => void;
}

/** Of a write that was refused because somebody else was first. */
export function VersionConflict({ version, lost = "your changes were not saved", onReload }: VersionConflictProps) {
  return (
    <Alert color="yellow" role="alert" title="Someone else changed it">
      <Text size="sm" mb="xs">
        It is at version {version} now, and {lost}. Reload it to see what is stored, then do it again.
      </Text>
      <Button size="xs" variant="default" onClick={onReload}>
        Reload it
      </Button>
    </Alert>
  );
}
