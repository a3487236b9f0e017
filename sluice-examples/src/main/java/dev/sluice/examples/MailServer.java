package dev.sluice.examples;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicReference;

/** A mail server on 127.0.0.1 that notes what arrives. */
final class MailServer implements AutoCloseable {
    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

    private final AtomicReference<Happening> next = new AtomicReference<>(() -> {});

    private MailServer() {}

    /** What happens while a mail is taken over. */
    @FunctionalInterface
    interface Happening {
        /** Does it. */
        void happen() throws MessagingException;
    }

    /** This happens before the next mail is answered. */
    void atNext(Happening happening) {
        next.set(happening);
    }

    /** @param clock says when something arrives */
    static MailServer start(InstantSource clock) {
        MailServer started = new MailServer();
        started.server.start();
        GreenMailUser operator = started.server.setUser("ops@example.org", "");
        started.server.getUserManager().setMessageDeliveryHandler((mail, address) -> {
            started.arrivals.add(arrival(clock.instant(), mail.getMessage()));
            started.next.getAndSet(() -> {}).happen();
            return operator;
        });
        return started;
    }

    /** A mail of ours is text, and the same as HTML. */
    private static Arrival arrival(Instant at, MimeMessage mail) throws MessagingException {
        try {
            String text =
                    ((Multipart) mail.getContent()).getBodyPart(0).getContent().toString();
            return Arrival.of(
                    at,
                    String.valueOf(mail.getSubject()),
                    text.lines().findFirst().orElse(""));
        } catch (IOException e) {
            throw new MessagingException("a mail that cannot be read", e);
        }
    }

    int port() {
        return server.getSmtp().getPort();
    }

    /** What arrived until now, in that order. */
    List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    @Override
    public void close() {
        server.stop();
    }
}
