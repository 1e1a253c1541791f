import { ActionIcon, Text, Tooltip } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useList } from "../../../api/paging";
import { endUserSession, listUserSessions, type UserSession, userSessionKeys } from "../../../api/userSessions";
import { ConfirmModal } from "../../../components/ConfirmModal";
import { Icon } from "../../../components/Icon";
import { Time } from "../../../components/Time";
import { DrawerList } from "../DrawerList";

const CLIENTS: Record<UserSession["client"], string> = { browser: "Browser", cli: "Command line", assistant: "Assistant" };
const LIMITS: Record<UserSession["limits"][number], string> = { "read-only": "only reads", "not-admin": "not as an administrator" };

/** Where a user is signed in, for administrators, who end a session that was left open. */
export function UserSessions({ userId }: { userId: string }) {
  const list = useList(userSessionKeys.of(userId), (page) => listUserSessions(userId, page));
  const [ended, setEnded] = useState<UserSession | null>(null);
  return (
    <>
      <DrawerList title="Sessions" list={list} none="Not signed in anywhere.">
        {list.rows.map((session) => (
          <li key={session.id}>
            <SessionLine session={session} />
            <Tooltip label="End session">
              <ActionIcon variant="subtle" color="red" onClick={() => setEnded(session)} aria-label={`End session ${session.id}`}>
                <Icon name="ban" size={16} />
              </ActionIcon>
            </Tooltip>
          </li>
        ))}
      </DrawerList>
      <EndSession userId={userId} session={ended} onClose={() => setEnded(null)} />
    </>
  );
}

function SessionLine({ session: { id, client, limits, current, created_at, expires_at } }: { session: UserSession }) {
  const about = [...limits.map((limit) => LIMITS[limit]), ...(current ? ["this session"] : [])];
  return (
    <div>
      <span title={id}>
        {CLIENTS[client]}
        {about.length > 0 && ` (${about.join(", ")})`}
      </span>
      <Text size="xs" c="dimmed" component="div">
        started <Time at={created_at} none="–" /> · ends <Time at={expires_at} none="never" />
      </Text>
    </div>
  );
}

interface EndSessionProps {
  userId: string;
  session: UserSession | null;
  onClose: () => void;
}

function EndSession({ userId, session, onClose }: EndSessionProps) {
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: (sessionId: string) => endUserSession(userId, sessionId),
    onSuccess: () => queries.invalidateQueries({ queryKey: userSessionKeys.of(userId) }),
  });
  const close = () => {
    end.reset();
    onClose();
  };
  return (
    <ConfirmModal
      title="End the session?"
      action="End session"
      opened={session !== null}
      onClose={close}
      onConfirm={() => session !== null && end.mutate(session.id, { onSuccess: close })}
      isBusy={end.isPending}
      error={end.error}
      isDangerous
    >
      <Text size="sm">
        It and the tokens of assistants that were made with it write nothing from now on, and read nothing after 15 seconds. The person can
        sign in again.
      </Text>
      {session?.current === true && (
        <Text size="sm" fw={600}>
          This is your own session: you will be signed out.
        </Text>
      )}
    </ConfirmModal>
  );
}
