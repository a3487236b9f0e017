package dev.sluice.server.mailbox;

/** Hears what people must be told of mailboxes. Called by the threads of jobs, of many subjects at a time. */
public interface MailboxListener {
    /**
     * A mail server refuses the login: nothing more is to be started for this subject until somebody has seen to it.
     *
     * @param reason names the account; no password
     * @throws dev.sluice.StoreException if that cannot be written down; then the run fails
     */
    void pause(String subject, String reason);

    /**
     * A message was given up, and is not told again.
     *
     * @param messageId of the message; from outside
     * @param reason for people
     * @throws dev.sluice.StoreException if that cannot be written down; then the run fails, and the message is told again
     */
    void givenUp(String subject, String messageId, String reason);
}
