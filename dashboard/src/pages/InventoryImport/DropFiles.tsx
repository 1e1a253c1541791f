import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { type ChangeEvent, type DragEvent, useRef, useState } from "react";

import { Icon } from "../../components/Icon";
import classes from "./InventoryImport.module.css";

interface DropFilesProps {
  onFiles: (files: File[]) => void;
  isBusy: boolean;
}

/** Files and folders, dropped or chosen. */
export function DropFiles({ onFiles, isBusy }: DropFilesProps) {
  const [isOver, setOver] = useState(false);
  const folder = useRef<HTMLInputElement>(null);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    if (!isBusy) onFiles([...event.dataTransfer.files]);
  };
  const drag = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  const takeFolder = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    onFiles([...(currentTarget.files ?? [])]);
    currentTarget.value = "";
  };
  return (
    <Stack
      className={classes.drop ?? ""}
      data-over={isOver || undefined}
      onDrop={drop}
      onDragOver={drag}
      onDragLeave={() => setOver(false)}
    >
      <Icon name="upload" size={24} />
      <Text size="sm">Drop files with certificates here: PEM, DER or PKCS #7</Text>
      <Group gap="xs" justify="center">
        <FileButton onChange={onFiles} multiple>
          {(props) => (
            <Button variant="default" size="xs" disabled={isBusy} {...props}>
              Choose files
            </Button>
          )}
        </FileButton>
        <Button variant="default" size="xs" disabled={isBusy} onClick={() => folder.current?.click()}>
          Choose a folder
        </Button>
        <input ref={folder} type="file" aria-label="Folder" hidden multiple onChange={takeFolder} {...{ webkitdirectory: "" }} />
      </Group>
    </Stack>
  );
}
