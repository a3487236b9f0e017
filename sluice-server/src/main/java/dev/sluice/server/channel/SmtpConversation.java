package dev.sluice.server.channel;

import dev.sluice.outbox.Receipt;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.text.SafeText;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.angus.mail.smtp.SMTPTransport;

/**
 * One connection to a mail server, which notes how far it has come: the exceptions of the library do not say whether
 * the end of the body had been sent, and that is what tells "it has not arrived" from "nobody knows". For one thread at
 * a time.
 */
final class SmtpConversation extends SMTPTransport {
    private static final int MOST_REPLY = 300;

    private final Socket raw;
    private final Socket secured;
    private final Optional<ChannelConfig.Login> login;
    private Stage stage = Stage.OPENING;
    private Optional<Reply> verdict = Optional.empty();
    private final List<Reply> refusals = new ArrayList<>();
    private boolean envelopeAnswered;

    private enum Stage {
        /** Greeting, TLS, login. */
        OPENING,
        /** Sender and recipients. */
        ENVELOPE,
        /** The server wants the body. */
        BODY,
        /** The line that ends the body is on its way: from here on it may have arrived. */
        ENDED,
        /** Cleaning up after a refusal. */
        OVER
    }

    /**
     * @param raw connected
     * @param secured the same in TLS if the server wants that from the first byte, else {@code raw}
     */
    @SuppressWarnings("NullAway") // the library's way of saying that there is no URL
    SmtpConversation(Session session, Socket raw, Socket secured, Optional<ChannelConfig.Login> login) {
        super(session, null);
        this.raw = raw;
        this.secured = secured;
        this.login = login;
    }

    /** Greets, switches to TLS and logs in, as far as the session says so. */
    void open() throws MessagingException {
        setLocalHost(literal(raw.getLocalAddress()));
        connect(secured);
    }

    /** Sends to all recipients of {@code mail}; whatever comes of it, {@link #receipt} then says what is known. */
    boolean send(MimeMessage mail) throws MessagingException {
        stage = Stage.ENVELOPE;
        verdict = Optional.empty();
        refusals.clear();
        envelopeAnswered = false;
        sendMessage(mail, mail.getAllRecipients());
        return accepted();
    }

    /** Closing it ends whatever is under way; closing TLS properly could wait for the other side. */
    Socket socket() {
        return raw;
    }

    boolean accepted() {
        return verdict.filter(Reply::positive).isPresent();
    }

    /** Whether the connection was lost before the server said a word about this mail. */
    boolean wasStale() {
        return !envelopeAnswered;
    }

    /** What is known, after {@link #send} came back or threw. */
    Receipt receipt(String trouble) {
        if (verdict.isPresent()) {
            return ofVerdict(verdict.get());
        } else if (stage == Stage.ENDED) {
            return new Receipt.Unknown("sent, but no final reply: " + trouble);
        } else if (refusals.isEmpty()) {
            return new Receipt.Refused("not sent: " + trouble, false);
        }
        Reply first = refusals.get(0);
        boolean permanent = refusals.stream().allMatch(Reply::permanent);
        return first.concernsTheChannel()
                ? new Receipt.Unreachable(first.text())
                : new Receipt.Refused(first.text(), permanent);
    }

    /** Says goodbye without waiting for an answer. */
    void hangUp() {
        try {
            close();
        } catch (MessagingException e) {
            // It is closed below.
        }
        SmtpDialer.closeQuietly(raw);
    }

    /** The library would take the name of the account that runs this program, and no password. */
    @Override
    protected synchronized boolean protocolConnect(String host, int port, String user, String password)
            throws MessagingException {
        return login.isPresent()
                ? super.protocolConnect(
                        host, port, login.get().user(), login.get().password().reveal())
                : superWithoutLogin(host, port);
    }

    @SuppressWarnings("NullAway") // the library's way of saying "nobody"
    private boolean superWithoutLogin(String host, int port) throws MessagingException {
        return super.protocolConnect(host, port, null, null);
    }

    @Override
    protected void sendCommand(String command) throws MessagingException {
        if (stage != Stage.OPENING) {
            stage = switch (command) {
                case "DATA" -> Stage.BODY;
                case "." -> Stage.ENDED;
                case "RSET" -> stage == Stage.ENDED ? Stage.ENDED : Stage.OVER;
                default -> stage;
            };
        }
        super.sendCommand(command);
    }

    @Override
    protected int readServerResponse() throws MessagingException {
        int code = super.readServerResponse();
        Reply reply = new Reply(code, SafeText.line(getLastServerResponse(), MOST_REPLY));
        if (stage == Stage.ENVELOPE || stage == Stage.BODY) {
            envelopeAnswered |= code > 0;
            if (reply.negative()) {
                refusals.add(reply);
            }
        } else if (stage == Stage.ENDED && verdict.isEmpty() && (reply.positive() || reply.negative())) {
            verdict = Optional.of(reply);
        }
        return code;
    }

    private Receipt ofVerdict(Reply reply) {
        if (reply.negative()) {
            return new Receipt.Refused(reply.text(), reply.permanent());
        } else if (refusals.isEmpty()) {
            return new Receipt.Accepted(reply.text());
        }
        return new Receipt.Accepted(
                reply.text() + "; but not for all: " + refusals.get(0).text());
    }

    private static String literal(InetAddress address) {
        String text = address.getHostAddress();
        return address instanceof Inet6Address ? "[IPv6:" + text.replaceFirst("%.*", "") + ']' : '[' + text + ']';
    }

    private record Reply(int code, String text) {
        boolean positive() {
            return code >= 200 && code < 300;
        }

        boolean negative() {
            return code >= 400 && code < 600;
        }

        boolean permanent() {
            return code >= 500;
        }

        /** It closes, or wants a login: that has nothing to do with this mail. */
        boolean concernsTheChannel() {
            return code == 421 || code == 530 || code == 534 || code == 535 || code == 538;
        }
    }
}
