package dev.sluice.server.mailbox;

import dev.sluice.ContentHash;
import dev.sluice.server.text.SafeText;
import jakarta.mail.FolderClosedException;
import jakarta.mail.Message;
import jakarta.mail.MessageRemovedException;
import jakarta.mail.MessagingException;
import jakarta.mail.StoreClosedException;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MailDateFormat;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Makes of a message, whoever wrote it, what is told of it: what cannot be read of one is said, and keeps nothing else
 * from being read. For one thread.
 */
final class MailReader {
    /** What is read of the head. */
    static final String[] HEADERS = {"Message-ID", "From", "To", "Cc", "Subject", "Date"};

    private static final Pattern BLANK = Pattern.compile("[\\s\\p{Cntrl}]+");
    private static final int MOST_LINE = 1_000;
    private static final int MOST_RAW = 10_000;
    private static final int MOST_RECIPIENTS = 100;

    private final Mailbox mailbox;

    MailReader(Mailbox mailbox) {
        this.mailbox = mailbox;
    }

    /** The Message-ID, without spaces; empty if there is none, so that the whole message must be read to name it. */
    Optional<String> id(Message message) throws MessagingException {
        return first(message, "Message-ID")
                .map(raw -> BLANK.matcher(raw).replaceAll(""))
                .filter(id -> !id.isEmpty() && !id.equals("<>"));
    }

    /**
     * Reads a message.
     *
     * @throws MessagingException if the connection is lost, or the message gone
     */
    Mail read(Message message) throws MessagingException {
        Mail.Head head = head(message);
        Mail.Body body = body(message);
        Optional<String> id = id(message);
        return new Mail(id.orElseGet(() -> hash(head, body)), mailbox.uid(message), head, body);
    }

    /** The same for the same message wherever it lies. */
    private static String hash(Mail.Head head, Mail.Body body) {
        List<Optional<String>> parts = new ArrayList<>();
        parts.add(Optional.of(head.from()));
        parts.add(Optional.of(head.subject()));
        parts.add(head.date().map(Object::toString));
        parts.add(Optional.of(Long.toString(head.size())));
        parts.add(Optional.of(body.text()));
        head.to().forEach(each -> parts.add(Optional.of(each)));
        body.attachments().forEach(each -> parts.add(Optional.of(each.name() + " " + each.size())));
        return ContentHash.of(List.of(parts));
    }

    private Mail.Head head(Message message) throws MessagingException {
        List<String> to = new ArrayList<>(recipients(message, "To"));
        to.addAll(recipients(message, "Cc"));
        return new Mail.Head(
                line(first(message, "From").orElse("")),
                to.stream().limit(MOST_RECIPIENTS).toList(),
                line(first(message, "Subject").orElse("")),
                date(message),
                Math.max(0, message.getSize()));
    }

    private Mail.Body body(Message message) throws MessagingException {
        try {
            return new MailParts(mailbox::isOpen).read(message);
        } catch (FolderClosedException | StoreClosedException | MessageRemovedException e) {
            throw e;
        } catch (MessagingException | RuntimeException | StackOverflowError e) {
            // A sender can make the library fail in many ways; a lost connection is not one of them.
            if (!mailbox.isOpen()) {
                throw new MessagingException("the connection was lost");
            }
            return new Mail.Body("", "", false, List.of(), Optional.of(MailParts.why(e)));
        }
    }

    private static List<String> recipients(Message message, String header) throws MessagingException {
        String raw = first(message, header).orElse("");
        try {
            return Arrays.stream(InternetAddress.parseHeader(MimeUtility.unfold(raw), false))
                    .map(address -> line(address.toUnicodeString()))
                    .toList();
        } catch (AddressException | RuntimeException e) {
            return List.of(line(raw));
        }
    }

    private static Optional<Instant> date(Message message) throws MessagingException {
        Optional<Instant> written = first(message, "Date").flatMap(MailReader::date);
        return written.isPresent()
                ? written
                : Optional.ofNullable(message.getReceivedDate()).map(Date::toInstant);
    }

    private static Optional<Instant> date(String text) {
        try {
            return Optional.ofNullable(new MailDateFormat().parse(text.strip())).map(Date::toInstant);
        } catch (ParseException | RuntimeException e) {
            return Optional.empty();
        }
    }

    private static Optional<String> first(Message message, String header) throws MessagingException {
        String[] values = message.getHeader(header);
        return values == null || values.length == 0
                ? Optional.empty()
                : Optional.of(values[0].substring(0, Math.min(values[0].length(), MOST_RAW)));
    }

    /** Without line breaks, encodings, and what turns or hides letters. */
    static String line(String raw) {
        String text = utf8(raw.substring(0, Math.min(raw.length(), MOST_RAW)));
        try {
            text = MimeUtility.decodeText(MimeUtility.unfold(text));
        } catch (UnsupportedEncodingException | RuntimeException e) {
            // As it is, then.
        }
        return SafeText.line(text, MOST_LINE);
    }

    /** The library takes each byte of a head for a letter; many senders write UTF-8 there. */
    private static String utf8(String raw) {
        if (raw.chars().allMatch(letter -> letter < 0x80) || raw.chars().anyMatch(letter -> letter > 0xFF)) {
            return raw;
        }
        String read = new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return read.indexOf('\uFFFD') < 0 ? read : raw;
    }
}
