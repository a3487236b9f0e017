package dev.sluice.server.channel;

import dev.sluice.outbox.Channel;
import dev.sluice.outbox.Outgoing;
import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.ChannelConfig.Security;
import dev.sluice.server.text.MailAddress;
import dev.sluice.server.text.SafeText;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.Socket;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/**
 * Sends mails over SMTP, text and HTML. What it answers: {@link Receipt.Unreachable} when there is no session to be had
 * (name, connection, TLS, login); {@link Receipt.Refused} when the server said no, or the connection ended before the
 * body was sent; {@link Receipt.Unknown} when the body was sent and no final reply came. Names of users and passwords
 * appear in no text. An attempt ends within 90 % of the time it is given, whatever the server does. Safe for use by
 * several threads.
 */
public final class SmtpChannel implements Channel, AutoCloseable {
    private final ChannelConfig.Smtp config;
    private final SSLContext tls;
    private final Session session;
    private final MailComposer composer;
    private final SmtpDialer dialer;
    private final IdleConversations idle;

    /**
     * Connects only when there is something to send.
     *
     * @throws IllegalArgumentException if an address of the envelope is none
     */
    public SmtpChannel(ChannelConfig.Smtp config, Rendering rendering) {
        this(config, rendering, trustOfThisJvm());
    }

    SmtpChannel(ChannelConfig.Smtp config, Rendering rendering, SSLContext tls) {
        this.config = config;
        this.tls = tls;
        session = Session.getInstance(properties(config, tls));
        composer = new MailComposer(config.envelope(), session, rendering);
        dialer = new SmtpDialer(config);
        idle = new IdleConversations(dialer);
    }

    @Override
    public Receipt send(Outgoing outgoing) {
        Deadline deadline =
                Deadline.within(outgoing.timeout(), config.timeouts().whole());
        MimeMessage mail;
        try {
            mail = composer.compose(outgoing);
        } catch (IllegalArgumentException | MessagingException e) {
            return new Receipt.Refused(reason(e), true);
        }
        return sendOverIdle(mail, deadline).orElseGet(() -> sendOverNew(mail, deadline));
    }

    /** Mail without a recipient goes nowhere. */
    @Override
    public boolean addressed() {
        return true;
    }

    @Override
    public List<String> recipients() {
        return config.envelope().to();
    }

    /** What is no address stands in quotes, so that it is never taken for one: nothing is sent there. */
    @Override
    public String receiver(String recipient) {
        return MailAddress.mailbox(recipient)
                .orElseGet(() -> '"' + SafeText.escaped(recipient, recipient.length()) + '"');
    }

    /** Says goodbye to the server; attempts under way go on until their deadline. */
    @Override
    public void close() {
        idle.close();
        dialer.close();
    }

    /** Empty if there was none, or the server had closed it in the meantime. */
    private Optional<Receipt> sendOverIdle(MimeMessage mail, Deadline deadline) {
        return idle.take().flatMap(conversation -> {
            Receipt receipt = converse(conversation, mail, deadline);
            return conversation.wasStale() && !deadline.over() ? Optional.empty() : Optional.of(receipt);
        });
    }

    private Receipt sendOverNew(MimeMessage mail, Deadline deadline) {
        Socket socket;
        try {
            socket = dialer.dial(deadline);
        } catch (IOException e) {
            return unreachable(e, deadline);
        }
        SmtpConversation conversation;
        try {
            conversation = dialer.watched(socket, deadline, () -> opened(socket));
        } catch (Exception e) {
            SmtpDialer.closeQuietly(socket);
            return unreachable(e, deadline);
        }
        return converse(conversation, mail, deadline);
    }

    private SmtpConversation opened(Socket socket) throws IOException, MessagingException {
        SmtpConversation conversation = new SmtpConversation(session, socket, secured(socket), config.login());
        conversation.open();
        return conversation;
    }

    private Receipt converse(SmtpConversation conversation, MimeMessage mail, Deadline deadline) {
        String trouble = "the server closed the connection";
        try {
            dialer.watched(conversation.socket(), deadline, () -> conversation.send(mail));
        } catch (Exception e) {
            trouble = deadline.over() ? "it took too long" : reason(e);
        }
        Receipt receipt = conversation.receipt(trouble);
        if (conversation.accepted() && !deadline.over()) {
            idle.put(conversation);
        } else {
            SmtpDialer.closeQuietly(conversation.socket());
        }
        return receipt;
    }

    private Socket secured(Socket socket) throws IOException {
        if (config.security() != Security.TLS) {
            return socket;
        }
        SSLSocket secured = (SSLSocket) tls.getSocketFactory().createSocket(socket, config.host(), config.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private Receipt unreachable(Exception failure, Deadline deadline) {
        String why = deadline.over() ? "it took too long" : reason(failure);
        return new Receipt.Unreachable(config.host() + ":" + config.port() + ": " + why);
    }

    /** The deepest cause says most. A refused login says nothing: a server may echo what it was sent. */
    private static String reason(Exception failure) {
        if (failure instanceof AuthenticationFailedException) {
            return "the server refused the user or the password";
        }
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String text = deepest.getMessage() == null ? deepest.getClass().getSimpleName() : deepest.getMessage();
        return SafeText.line(text, 300);
    }

    private static Properties properties(ChannelConfig.Smtp config, SSLContext tls) {
        boolean starttls = config.security() == Security.STARTTLS;
        Properties properties = new Properties();
        properties.put("mail.smtp.starttls.enable", String.valueOf(starttls));
        properties.put("mail.smtp.starttls.required", String.valueOf(starttls));
        properties.put("mail.smtp.ssl.socketFactory", tls.getSocketFactory());
        properties.put("mail.smtp.auth", String.valueOf(config.login().isPresent()));
        properties.put("mail.smtp.auth.mechanisms", "PLAIN LOGIN");
        // One bad address must not keep the mail from the others.
        properties.put("mail.smtp.sendpartial", "true");
        properties.put("mail.smtp.quitwait", "false");
        return properties;
    }

    private static SSLContext trustOfThisJvm() {
        try {
            return SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no TLS", e);
        }
    }
}
