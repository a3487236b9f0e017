package dev.sluice.server.mailbox;

import java.time.DateTimeException;
import java.time.Instant;

/**
 * How far a mailbox has been read. As text: the three parts with a space between them.
 *
 * @param validity the UIDVALIDITY for which the UID holds; 0 if nothing was read yet
 * @param uid of the last message that was told, or need not be
 * @param since messages that came before this are known, should the UID no longer say so
 */
record Place(long validity, long uid, Instant since) {
    /** Nothing was read yet, and messages before this need not be. */
    static Place first(Instant since) {
        return new Place(0, 0, since);
    }

    /** @throws IllegalArgumentException if the text is none */
    static Place parse(String text) {
        String[] parts = text.split(" ", -1);
        try {
            if (parts.length == 3) {
                return new Place(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Instant.parse(parts[2]));
            }
        } catch (NumberFormatException | DateTimeException e) {
            throw new IllegalArgumentException(wrong(text), e);
        }
        throw new IllegalArgumentException(wrong(text));
    }

    private static String wrong(String text) {
        return "'" + text + "' does not say how far a mailbox has been read: UIDVALIDITY, UID and time";
    }

    String text() {
        return validity + " " + uid + " " + since;
    }
}
