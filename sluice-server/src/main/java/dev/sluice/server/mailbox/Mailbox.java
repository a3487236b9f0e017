package dev.sluice.server.mailbox;

import dev.sluice.server.config.ChannelConfig.Security;
import dev.sluice.server.config.ImapConfig;
import dev.sluice.server.text.SafeText;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.FetchProfile;
import jakarta.mail.Folder;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.Store;
import jakarta.mail.UIDFolder;
import jakarta.mail.search.ComparisonTerm;
import jakarta.mail.search.ReceivedDateTerm;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import javax.net.ssl.SSLContext;
import org.eclipse.angus.mail.imap.IMAPFolder;

/** One folder, open for reading over one connection; nothing in it is changed, not even what was seen. For one thread. */
final class Mailbox implements AutoCloseable {
    private static final String PROTOCOL = "imap";
    private static final int FETCH_BYTES = 64 << 10;
    private static final int MOST_REASON = 300;

    /** IMAP searches for whole days in the zone of the server; what is too old is left out afterwards. */
    private static final Duration ZONES = Duration.ofDays(1);

    /** What a server says (RFC 5530) where the login may be right and yet is refused now. */
    private static final List<String> LATER = List.of("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]");

    private final Store store;
    private final IMAPFolder folder;

    private Mailbox(Store store, IMAPFolder folder) {
        this.store = store;
        this.folder = folder;
    }

    /**
     * Connects, logs in and opens the folder.
     *
     * @throws MailboxException.LoginRefused if user or password are not right
     * @throws MailboxException if anything else is in the way
     */
    static Mailbox open(ImapConfig config, SSLContext tls) throws MailboxException {
        Store store = null;
        try {
            store = Session.getInstance(properties(config, tls)).getStore(PROTOCOL);
            store.connect(
                    config.host(),
                    config.port(),
                    config.login().user(),
                    config.login().password().reveal());
            IMAPFolder folder = (IMAPFolder) store.getFolder(config.reading().folder());
            folder.open(Folder.READ_ONLY);
            return new Mailbox(store, folder);
        } catch (MessagingException e) {
            if (store != null) {
                closeQuietly(store);
            }
            throw explained(config, e);
        }
    }

    /** Never with words of the server after a refused login: it may echo what it was sent. */
    private static MailboxException explained(ImapConfig config, MessagingException failure) {
        String where = config.host() + ":" + config.port();
        if (!(failure instanceof AuthenticationFailedException)) {
            return new MailboxException(where + ": " + reason(failure));
        }
        String said = Objects.requireNonNullElse(failure.getMessage(), "").toUpperCase(Locale.ROOT);
        if (LATER.stream().anyMatch(said::contains)) {
            return new MailboxException(where + " takes no login now");
        }
        return new MailboxException.LoginRefused(where + " refused the user "
                + SafeText.line(config.login().user(), 100) + " or the password; correct it, and resume");
    }

    /** The deepest cause says most. */
    static String reason(Exception failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        String text = Objects.requireNonNullElse(
                deepest.getMessage(), deepest.getClass().getSimpleName());
        return SafeText.line(text, MOST_REASON);
    }

    private static Properties properties(ImapConfig config, SSLContext tls) {
        Properties properties = new Properties();
        set(properties, "ssl.enable", config.security() == Security.TLS);
        set(properties, "ssl.checkserveridentity", true);
        set(properties, "starttls.enable", config.security() == Security.STARTTLS);
        set(properties, "starttls.required", config.security() == Security.STARTTLS);
        properties.put("mail.imap.ssl.socketFactory", tls.getSocketFactory());
        set(properties, "auth.mechanisms", "PLAIN LOGIN");
        set(properties, "connectiontimeout", config.timeouts().connect().toMillis());
        set(properties, "timeout", config.timeouts().answer().toMillis());
        set(properties, "writetimeout", config.timeouts().answer().toMillis());
        // One connection, which the folder takes over from the login.
        set(properties, "connectionpoolsize", 1);
        set(properties, "separatestoreconnection", false);
        set(properties, "peek", true);
        set(properties, "fetchsize", FETCH_BYTES);
        return properties;
    }

    private static void set(Properties properties, String name, Object value) {
        properties.put("mail.imap." + name, String.valueOf(value));
    }

    /** While this is the same, a UID means the same message. */
    long validity() throws MessagingException {
        return folder.getUIDValidity();
    }

    /** The highest UID that was given when the folder was opened; 0 if it never held anything. */
    long highest() throws MessagingException {
        long next = folder.getUIDNext();
        if (next > 0) {
            return next - 1;
        }
        int count = folder.getMessageCount();
        return count == 0 ? 0 : folder.getUID(folder.getMessage(count));
    }

    long uid(Message message) throws MessagingException {
        return folder.getUID(message);
    }

    /** What has a higher UID, in the order of these. */
    List<Message> after(long uid) throws MessagingException {
        return sorted(folder.getMessagesByUID(uid + 1, UIDFolder.LASTUID), uid, Instant.MIN);
    }

    /** What came in at {@code since} or later, in the order of its UIDs. */
    List<Message> since(Instant since) throws MessagingException {
        Date day = Date.from(since.minus(ZONES));
        Message[] found = folder.search(new ReceivedDateTerm(ComparisonTerm.GE, day));
        FetchProfile profile = new FetchProfile();
        profile.add(UIDFolder.FetchProfileItem.UID);
        profile.add(IMAPFolder.FetchProfileItem.INTERNALDATE);
        folder.fetch(found, profile);
        return sorted(found, 0, since);
    }

    /** The last message answers whatever is asked for behind it, so UIDs are looked at once more. */
    private List<Message> sorted(Message[] found, long after, Instant since) throws MessagingException {
        record Numbered(long uid, Message message) {}
        List<Numbered> numbered = new ArrayList<>();
        for (Message message : found) {
            long uid = folder.getUID(message);
            if (uid > after && (since.equals(Instant.MIN) || isSince(message, since))) {
                numbered.add(new Numbered(uid, message));
            }
        }
        numbered.sort(Comparator.comparingLong(Numbered::uid));
        return numbered.stream().map(Numbered::message).toList();
    }

    private static boolean isSince(Message message, Instant since) throws MessagingException {
        Date received = message.getReceivedDate();
        return received == null || !received.toInstant().isBefore(since);
    }

    /** Brings what {@link MailReader} asks first, for all of them in one go. */
    void prefetch(List<Message> messages) throws MessagingException {
        FetchProfile profile = new FetchProfile();
        profile.add(UIDFolder.FetchProfileItem.UID);
        profile.add(FetchProfile.Item.SIZE);
        profile.add(IMAPFolder.FetchProfileItem.INTERNALDATE);
        Arrays.stream(MailReader.HEADERS).forEach(profile::add);
        folder.fetch(messages.toArray(Message[]::new), profile);
    }

    /** Whether there still is a connection. */
    boolean isOpen() {
        return folder.isOpen();
    }

    @Override
    public void close() {
        try {
            if (folder.isOpen()) {
                folder.close(false);
            }
        } catch (MessagingException e) {
            // It is gone either way.
        }
        closeQuietly(store);
    }

    private static void closeQuietly(Store store) {
        try {
            store.close();
        } catch (MessagingException e) {
            // It is gone either way.
        }
    }
}
