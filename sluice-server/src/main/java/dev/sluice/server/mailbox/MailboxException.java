package dev.sluice.server.mailbox;

/** A mailbox could not be read to its end. What it says holds no password. */
class MailboxException extends Exception {
    private static final long serialVersionUID = 1;

    MailboxException(String why) {
        super(why);
    }

    /** The mail server does not know the user, or the password is another one. */
    static final class LoginRefused extends MailboxException {
        private static final long serialVersionUID = 1;

        LoginRefused(String why) {
            super(why);
        }
    }
}
