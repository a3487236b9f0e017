package dev.sluice.server.channel;

import dev.sluice.outbox.Outgoing;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.text.MailAddress;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Writes mails. Two attempts of one delivery give the same mail: same Message-ID, same Date. */
final class MailComposer {
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9-]{1,200}");
    private static final String FOLD = "\r\n ";
    private static final String UTF_8 = StandardCharsets.UTF_8.name();

    private final Session session;
    private final Rendering rendering;
    private final MailAddress from;
    private final List<MailAddress> to;

    /** @throws IllegalArgumentException if an address of the envelope is none */
    MailComposer(ChannelConfig.Envelope envelope, Session session, Rendering rendering) {
        this.session = session;
        this.rendering = rendering;
        from = MailAddress.parse(envelope.from());
        to = envelope.to().stream().map(MailAddress::parse).toList();
    }

    /** @throws IllegalArgumentException if it has no recipient, or one that is no mail address */
    MimeMessage compose(Outgoing outgoing) throws MessagingException {
        if (!KEY.matcher(outgoing.idempotencyKey()).matches()) {
            throw new IllegalArgumentException("the idempotency key cannot stand in a Message-ID");
        }
        Rendered rendered = rendering.of(outgoing);
        MimeMessage mail = new Mail(session, '<' + outgoing.idempotencyKey() + '@' + from.domain() + '>');
        mail.setFrom(from.toHeader());
        mail.setRecipients(Message.RecipientType.TO, recipients(outgoing));
        mail.setHeader("Subject", EncodedWords.of(rendered.title(), FOLD));
        mail.setSentDate(Date.from(outgoing.message().window().decidedAt()));
        // Nobody's holiday notice may answer a gate.
        mail.setHeader("Auto-Submitted", "auto-generated");
        mail.setHeader("X-Auto-Response-Suppress", "All");
        unsubscribe(mail, rendered);
        if (rendered.letter().filter(letter -> letter.html().isEmpty()).isPresent()) {
            mail.setText(rendered.text(), UTF_8);
        } else {
            mail.setContent(
                    new MimeMultipart("alternative", part(rendered.text(), "plain"), part(rendered.html(), "html")));
        }
        mail.saveChanges();
        return mail;
    }

    /** RFC 8058: a mail reader shows a button, and posts to the address; both headers belong into the DKIM signature. */
    private static void unsubscribe(MimeMessage mail, Rendered rendered) throws MessagingException {
        Optional<String> address = rendered.letter().flatMap(Letter::unsubscribe);
        if (address.isPresent()) {
            mail.setHeader("List-Unsubscribe", '<' + address.get() + '>');
            mail.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
    }

    private InternetAddress[] recipients(Outgoing outgoing) {
        List<MailAddress> whom = outgoing.recipient().isEmpty() ? to : List.of(MailAddress.parse(outgoing.recipient()));
        if (whom.isEmpty()) {
            throw new IllegalArgumentException("neither the occurrence nor the channel names a recipient");
        }
        return whom.stream().map(MailAddress::toHeader).toArray(InternetAddress[]::new);
    }

    private static MimeBodyPart part(String text, String subtype) throws MessagingException {
        MimeBodyPart part = new MimeBodyPart();
        part.setText(text, UTF_8, subtype);
        return part;
    }

    private static final class Mail extends MimeMessage {
        private final String id;

        Mail(Session session, String id) {
            super(session);
            this.id = id;
        }

        @Override
        protected void updateMessageID() throws MessagingException {
            setHeader("Message-ID", id);
        }
    }
}
