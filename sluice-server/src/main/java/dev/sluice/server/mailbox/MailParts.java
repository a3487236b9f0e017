package dev.sluice.server.mailbox;

import dev.sluice.server.text.SafeText;
import jakarta.mail.FolderClosedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.internet.ContentType;
import jakarta.mail.internet.MimeUtility;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Looks through the parts of one message for its text and its attachments. Attachments are not fetched, and of the text
 * no more than is told. For one message.
 */
final class MailParts {
    /** Most characters of a text that are told, in code points. */
    static final int MOST_TEXT = 100_000;

    private static final int MOST_BYTES = 4 * MOST_TEXT;
    private static final int MOST_PARTS = 200;
    private static final int MOST_DEPTH = 20;
    private static final int MOST_WHY = 200;

    private final BooleanSupplier connected;
    private final List<Mail.Attachment> attachments = new ArrayList<>();
    private Optional<Text> plain = Optional.empty();
    private Optional<Text> html = Optional.empty();
    private Optional<String> unreadable = Optional.empty();
    private boolean cut;
    private int parts;

    MailParts(BooleanSupplier connected) {
        this.connected = connected;
    }

    private record Text(String text, String type) {}

    /** @throws MessagingException if the connection is lost, or not even the outermost part can be read */
    Mail.Body read(Part message) throws MessagingException {
        visit(message, 0);
        Text text = plain.or(() -> html).orElse(new Text("", ""));
        return new Mail.Body(text.text(), text.type(), cut, List.copyOf(attachments), unreadable);
    }

    private void visit(Part part, int depth) throws MessagingException {
        if (++parts > MOST_PARTS || depth > MOST_DEPTH) {
            cut = true;
            return;
        }
        try {
            if (part.isMimeType("multipart/*")) {
                visitAll(part.getContent(), depth);
            } else {
                leaf(part);
            }
        } catch (FolderClosedException e) {
            throw e;
        } catch (MessagingException | IOException | RuntimeException e) {
            if (!connected.getAsBoolean()) {
                throw new MessagingException("the connection was lost");
            }
            unreadable = unreadable.or(() -> Optional.of(why(e)));
        }
    }

    private void visitAll(Object content, int depth) throws MessagingException {
        if (!(content instanceof Multipart inner)) {
            throw new MessagingException("it says that it has parts, and has none");
        }
        for (int i = 0; i < inner.getCount(); i++) {
            visit(inner.getBodyPart(i), depth + 1);
        }
    }

    private void leaf(Part part) throws MessagingException, IOException {
        String name = Objects.requireNonNullElse(part.getFileName(), "");
        boolean attached = !name.isEmpty() || Part.ATTACHMENT.equalsIgnoreCase(part.getDisposition());
        if (!attached && plain.isEmpty() && part.isMimeType("text/plain")) {
            plain = Optional.of(text(part, "text/plain"));
        } else if (!attached && html.isEmpty() && part.isMimeType("text/html")) {
            html = Optional.of(text(part, "text/html"));
        } else {
            attachments.add(new Mail.Attachment(MailReader.line(name), Math.max(0, part.getSize())));
        }
    }

    private Text text(Part part, String type) throws MessagingException, IOException {
        byte[] bytes;
        try (InputStream in = part.getInputStream()) {
            bytes = in.readNBytes(MOST_BYTES + 1);
        }
        // U+0000 is kept by few of those who are told.
        String text = new String(bytes, 0, Math.min(bytes.length, MOST_BYTES), charset(part)).replace('\0', '\uFFFD');
        int points = text.codePointCount(0, text.length());
        cut |= bytes.length > MOST_BYTES || points > MOST_TEXT;
        return new Text(points > MOST_TEXT ? text.substring(0, text.offsetByCodePoints(0, MOST_TEXT)) : text, type);
    }

    private static Charset charset(Part part) {
        try {
            String name = new ContentType(part.getContentType()).getParameter("charset");
            return name == null ? StandardCharsets.UTF_8 : Charset.forName(MimeUtility.javaCharset(name));
        } catch (MessagingException | RuntimeException e) {
            return StandardCharsets.UTF_8;
        }
    }

    static String why(Throwable failure) {
        return SafeText.line(
                failure.getClass().getSimpleName() + ": "
                        + Objects.requireNonNullElse(failure.getMessage(), "no more is known"),
                MOST_WHY);
    }
}
