package dev.sluice.server.mailbox;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A message as it is told. All of it comes from outside.
 *
 * @param id its Message-ID, or a hash of what it says if it has none
 * @param uid its number in its folder
 * @param head who writes to whom
 * @param body what is written
 */
record Mail(String id, long uid, Head head, Body body) {
    /**
     * Who writes to whom; each text on one line.
     *
     * @param date when it was written, else when it came in
     * @param size in bytes, as the server has it
     */
    record Head(String from, List<String> to, String subject, Optional<Instant> date, long size) {}

    /**
     * What is written.
     *
     * @param text the first part of plain text, else the first of HTML, else nothing
     * @param type of the text
     * @param cut whether the message holds more of the text, or more attachments
     * @param unreadable what could not be read, and why
     */
    record Body(String text, String type, boolean cut, List<Attachment> attachments, Optional<String> unreadable) {}

    /**
     * What is attached.
     *
     * @param name as the sender calls it; may be empty
     * @param size in bytes, as it is encoded
     */
    record Attachment(String name, long size) {}
}
