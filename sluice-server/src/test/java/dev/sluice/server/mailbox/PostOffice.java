package dev.sluice.server.mailbox;

import com.icegreen.greenmail.imap.ImapHostManager;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.store.StoredMessage;
import com.icegreen.greenmail.user.GreenMailUser;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import dev.sluice.Backoff;
import dev.sluice.Command;
import dev.sluice.Event;
import dev.sluice.MemoryStore;
import dev.sluice.OnLost;
import dev.sluice.Outcome;
import dev.sluice.Store;
import dev.sluice.StoreException;
import dev.sluice.jobs.JobDatabase;
import dev.sluice.jobs.JobEvent;
import dev.sluice.jobs.JobKind;
import dev.sluice.jobs.Jobs;
import dev.sluice.jobs.Retries;
import dev.sluice.server.channel.WebhookPost;
import dev.sluice.server.config.ChannelConfig;
import dev.sluice.server.config.ChannelConfig.Security;
import dev.sluice.server.config.ImapConfig;
import dev.sluice.server.config.Secret;
import dev.sluice.sql.SqliteSettings;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;

/** A real mail server, a webhook, and jobs on a clock that is moved by hand. */
final class PostOffice implements AutoCloseable {
    static final String KIND = "mailbox";
    static final String SUBJECT = "123";
    static final String PASSWORD = "s3cr3t-word";
    static final Duration LEASE = Duration.ofSeconds(30);
    static final Secret SIGNED = Secret.of("signing-key");

    private static final Retries RETRIES = new Retries(
            new Backoff(Duration.ofMinutes(5), 2, Duration.ofMinutes(60)), Integer.MAX_VALUE, Duration.ofDays(3650));
    private static final Session SESSION = Session.getInstance(new Properties());

    final Hook hook = new Hook();
    final List<JobEvent> events = new ArrayList<>();
    final List<String> givenUp = new ArrayList<>();
    private final GreenMail server;
    private final GreenMailUser user;
    private final WebhookPost post;
    private final MemoryStore keys;
    private final Jobs jobs;
    private final JobDatabase database;
    private ImapConfig config;
    private Instant now = Instant.now();
    private boolean dying;

    /** What differs from one test to the other. */
    record Terms(ServerSetup server, Security security, SSLContext tls, OnLost onLost) {}

    PostOffice(Path directory, Terms terms) throws IOException {
        server = new GreenMail(terms.server());
        server.start();
        user = server.setUser("ann@example.org", "ann", PASSWORD);
        config = config(
                terms,
                terms.server().isSecure()
                        ? server.getImaps().getPort()
                        : server.getImap().getPort());
        keys = new MemoryStore(10_000, () -> now);
        database = JobDatabase.sqlite(
                directory.resolve("jobs.db"), SqliteSettings.STANDARD.with(SqliteSettings.Durability.PROCESS));
        post = new WebhookPost(
                new ChannelConfig.Webhook(
                        new Secret.Url(hook.address()), Optional.of(SIGNED), Map.of(), ChannelConfig.Timeouts.STANDARD),
                "application/json",
                () -> now);
        jobs = Jobs.over(keys, database)
                .kind(new JobKind(KIND, LEASE, RETRIES, handler(terms)))
                .listener(events::add)
                .manual(this::pass)
                .start();
    }

    private static ImapConfig config(Terms terms, int port) {
        return new ImapConfig(
                terms.server().getBindAddress(),
                port,
                terms.security(),
                new ChannelConfig.Login("ann", Secret.of(PASSWORD)),
                ImapConfig.Reading.STANDARD,
                ImapConfig.Timeouts.STANDARD);
    }

    private MailboxHandler handler(Terms terms) {
        return new MailboxHandler(
                KIND,
                run -> config,
                post,
                new MailboxHandler.Guarantee(mortal(), LEASE, terms.onLost()),
                new MailboxListener() {
                    @Override
                    public void pause(String subject, String reason) {
                        jobs.subjects().pause(KIND, subject, reason);
                    }

                    @Override
                    public void givenUp(String subject, String messageId, String reason) {
                        givenUp.add(messageId + ": " + reason);
                    }
                },
                () -> now,
                terms.tls());
    }

    /** The keys, in whose place nothing answers as soon as a worker that dies wants to write down what it did. */
    private Store mortal() {
        return (Store) Proxy.newProxyInstance(
                PostOffice.class.getClassLoader(), new Class<?>[] {Store.class}, (proxy, method, arguments) -> {
                    if (dying && arguments != null && arguments[0] instanceof Command command && settles(command)) {
                        CompletionStage<Outcome> dead =
                                CompletableFuture.failedFuture(new StoreException("the worker is dead"));
                        return dead;
                    }
                    try {
                        return method.invoke(keys, arguments);
                    } catch (InvocationTargetException e) {
                        throw Objects.requireNonNull(e.getCause());
                    }
                });
    }

    private static boolean settles(Command command) {
        return command.event() instanceof Event.Complete || command.event() instanceof Event.Release;
    }

    void dies(boolean now) {
        dying = now;
    }

    Jobs jobs() {
        return jobs;
    }

    GreenMail server() {
        return server;
    }

    void password(String text) {
        config = new ImapConfig(
                config.host(),
                config.port(),
                config.security(),
                new ChannelConfig.Login("ann", Secret.of(text)),
                config.reading(),
                config.timeouts());
    }

    void most(int count) {
        reading(new ImapConfig.Reading("INBOX", Duration.ofDays(1), count), config.port());
    }

    void through(int port) {
        reading(config.reading(), port);
    }

    private void reading(ImapConfig.Reading reading, int port) {
        config = new ImapConfig(config.host(), port, config.security(), config.login(), reading, config.timeouts());
    }

    int port() {
        return config.port();
    }

    Instant now() {
        return now;
    }

    void pass(Duration time) {
        now = now.plus(time);
    }

    /** Starts the job of the subject, and does what is due. */
    void run() {
        jobs.trigger(KIND, SUBJECT, "");
        jobs.tick();
    }

    <E extends JobEvent> List<E> heard(Class<E> kind) {
        return events.stream().filter(kind::isInstance).map(kind::cast).toList();
    }

    void arrives(String id, String subject) {
        arrivesRaw("Message-ID: " + id + "\r\nFrom: Bob <bob@example.org>\r\nTo: ann@example.org\r\nSubject: " + subject
                + "\r\nDate: Mon, 1 Jan 2024 10:00:00 +0100\r\n\r\nHello, " + subject + "\r\n");
    }

    void arrivesRaw(String raw) {
        arrivesAt(raw, Instant.now());
    }

    void arrivesAt(String raw, Instant at) {
        try {
            MimeMessage message =
                    new MimeMessage(SESSION, new ByteArrayInputStream(raw.getBytes(StandardCharsets.UTF_8)));
            inbox().appendMessage(message, new Flags(), Date.from(at));
        } catch (MessagingException e) {
            throw new IllegalStateException(e);
        }
    }

    private MailFolder inbox() {
        try {
            return server.getManagers().getImapHostManager().getInbox(user);
        } catch (FolderException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The server loses its UIDs: the same messages have other ones, below another UIDVALIDITY. */
    void renumber() throws Exception {
        MailFolder old = inbox();
        List<StoredMessage> kept = List.copyOf(old.getMessages());
        long before = old.getUidValidity();
        ImapHostManager host = server.getManagers().getImapHostManager();
        do {
            host.deletePrivateMailAccount(user);
            host.createPrivateMailAccount(user);
        } while (inbox().getUidValidity() == before);
        for (StoredMessage each : kept) {
            inbox().appendMessage(new MimeMessage(each.getMimeMessage()), new Flags(), each.getReceivedDate());
        }
    }

    @Override
    public void close() {
        jobs.close();
        post.close();
        database.close();
        keys.close();
        hook.close();
        server.stop();
    }
}
