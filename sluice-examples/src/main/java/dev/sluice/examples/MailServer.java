package dev.sluice.examples;

import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import java.time.InstantSource;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A mail server on 127.0.0.1 that notes what arrives. */
final class MailServer implements AutoCloseable {
    private final GreenMail server = new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();

    private MailServer() {}

    /** @param clock says when something arrives */
    static MailServer start(InstantSource clock) {
        MailServer started = new MailServer();
        started.server.start();
        GreenMailUser operator = started.server.setUser("ops@example.org", "");
        started.server.getUserManager().setMessageDeliveryHandler((mail, address) -> {
            started.arrivals.add(
                    Arrival.of(clock.instant(), subject(mail.getMessage().getSubject())));
            return operator;
        });
        return started;
    }

    private static String subject(@Nullable String subject) throws MessagingException {
        if (subject == null) {
            throw new MessagingException("a mail without a subject is none of ours");
        }
        return subject;
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
