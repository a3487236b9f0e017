package dev.sluice.server.mail;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.outbox.LastLook;
import dev.sluice.server.text.MailAddress;
import dev.sluice.sql.Schema;
import dev.sluice.sql.SqlStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Who wants no more of a flow, and who did already what its mails were to lead to: both for ever, or until that is taken
 * back, and looked at before every attempt. Safe for use by many threads. Stages fail with
 * {@link dev.sluice.StoreException} if the database does not answer; everything else may block, and throws it.
 */
public final class Audience {
    private static final Schema SCHEMA = Schema.of("mail", Audience.class);

    private static final String OPT_OUT = "INSERT INTO sluice_opt_out (flow, address, at) VALUES (?, ?, ?)";
    private static final String CONVERT = "INSERT INTO sluice_conversion (flow, id, user_name, at) VALUES (?, ?, ?, ?)";
    private static final String OPTED_OUT = "SELECT 1 FROM sluice_opt_out WHERE flow = ? AND address = ?";
    private static final String CONVERTED = "SELECT MAX(at) FROM sluice_conversion WHERE flow = ? AND user_name = ?";
    private static final String LIST_OUT =
            "SELECT address, at FROM sluice_opt_out WHERE flow = ? AND address > ? ORDER BY address LIMIT ?";
    private static final String LIST_CONVERTED =
            "SELECT id, user_name, at FROM sluice_conversion WHERE flow = ? AND at >= ? AND at < ? ORDER BY at DESC, id LIMIT ?";
    private static final String COUNT_CONVERTED =
            "SELECT COUNT(*) FROM sluice_conversion WHERE flow = ? AND at >= ? AND at < ?";

    private static final long DAY = Micros.of(Duration.ofDays(1));
    private static final String CONVERTED_BY_DAY = byDay("sluice_conversion");
    private static final String OUT_BY_DAY = byDay("sluice_opt_out");

    private static final String OPTED_OUT_REASON = "opted out";
    private static final String BOUGHT_REASON = "bought";

    private final SqlStore database;
    private final Duration kept;
    private final Tracks tracks;

    /**
     * Makes its tables where they are not there.
     *
     * @param kept how long conversions are
     * @throws dev.sluice.StoreException if the database does not answer
     */
    public Audience(SqlStore database, Duration kept) {
        this.database = database;
        this.kept = kept;
        database.install(SCHEMA);
        tracks = new Tracks(database, kept);
    }

    /** Its tables. */
    public static Schema schema() {
        return SCHEMA;
    }

    /** Which of the mails were opened, and clicked in. */
    public Tracks tracks() {
        return tracks;
    }

    /** An address that wants no more, since when. */
    public record OptOut(String address, Instant at) {}

    /**
     * What a mail was to lead to.
     *
     * @param id of the report
     * @param user whose
     */
    public record Conversion(String id, String user, Instant at) {}

    /** Whose a subject is: what stands before its last slash, or all of it. */
    public static String user(String subject) {
        int slash = subject.lastIndexOf('/');
        return slash < 0 ? subject : subject.substring(0, slash);
    }

    /** How an address is kept: however it is written, it is one. */
    public static String canonical(String address) {
        return MailAddress.mailbox(address).orElseGet(() -> address.strip().toLowerCase(Locale.ROOT));
    }

    /** An address wants no more of a flow; whether that is new. */
    public CompletionStage<Boolean> optOut(String flow, String address) {
        return database.transact(unit ->
                MailRows.update(unit, MailRows.insert(unit, OPT_OUT), flow, canonical(address), unit.now()) == 1);
    }

    /** An address wants them again; whether that is new. */
    public CompletionStage<Boolean> optIn(String flow, String address) {
        return database.transact(unit -> MailRows.update(
                        unit, "DELETE FROM sluice_opt_out WHERE flow = ? AND address = ?", flow, canonical(address))
                == 1);
    }

    /** Whether an address wants no more of a flow. */
    public boolean isOptedOut(String flow, String address) {
        return !MailRows.list(database, OPTED_OUT, row -> row.getInt(1), flow, canonical(address))
                .isEmpty();
    }

    /** Addresses that want no more of a flow, in their order, those behind {@code after}. */
    public List<OptOut> optOuts(String flow, String after, int limit) {
        return MailRows.list(
                database, LIST_OUT, row -> new OptOut(row.getString(1), time(row.getLong(2))), flow, after, limit);
    }

    /** A user did what the mails of a flow are to lead to; whether that report is new. */
    public CompletionStage<Boolean> converted(String flow, String user, String id) {
        return database.transact(unit -> {
            MailRows.update(unit, "DELETE FROM sluice_conversion WHERE at < ?", unit.now() - Micros.of(kept));
            return MailRows.update(unit, MailRows.insert(unit, CONVERT), flow, id, bounded(user), unit.now()) == 1;
        });
    }

    /** What was reported of a flow in this time, the newest first. */
    public List<Conversion> conversions(String flow, Instant from, Instant to, int limit) {
        return MailRows.list(
                database,
                LIST_CONVERTED,
                row -> new Conversion(row.getString(1), row.getString(2), time(row.getLong(3))),
                flow,
                Micros.of(from),
                Micros.of(to),
                limit);
    }

    /** How many there were of a flow in this time. */
    public long countConversions(String flow, Instant from, Instant to) {
        return MailRows.list(database, COUNT_CONVERTED, row -> row.getLong(1), flow, Micros.of(from), Micros.of(to))
                .get(0);
    }

    /** How many were reported of a flow since {@code from}, by the day (UTC) on which they were; days without any are left out. */
    public Map<Instant, Long> conversionsByDay(String flow, Instant from) {
        return byDay(CONVERTED_BY_DAY, flow, from);
    }

    /** As {@link #conversionsByDay}: addresses that want no more since that day. */
    public Map<Instant, Long> optOutsByDay(String flow, Instant from) {
        return byDay(OUT_BY_DAY, flow, from);
    }

    private static String byDay(String table) {
        String day = "at - at % " + DAY;
        return "SELECT " + day + ", COUNT(*) FROM " + table + " WHERE flow = ? AND at >= ? GROUP BY " + day;
    }

    private Map<Instant, Long> byDay(String sql, String flow, Instant from) {
        Map<Instant, Long> days = new TreeMap<>();
        MailRows.list(database, sql, row -> days.put(time(row.getLong(1)), row.getLong(2)), flow, Micros.of(from));
        return days;
    }

    /** When the last conversion of a user was reported. */
    public Optional<Instant> lastConversion(String flow, String user) {
        return MailRows.list(database, CONVERTED, Audience::newest, flow, bounded(user))
                .get(0)
                .map(Audience::time);
    }

    private static Optional<Long> newest(ResultSet row) throws SQLException {
        long at = row.getLong(1);
        return row.wasNull() ? Optional.empty() : Optional.of(at);
    }

    /**
     * Takes back what its receiver wants no more, or has no reason to get any more.
     *
     * @param text the subject of a key in full
     * @param looksUp whether {@code other} says to whom
     * @param other what else is looked at, where nothing here takes it back
     */
    public LastLook before(Function<Key, String> text, boolean looksUp, Optional<LastLook> other) {
        return asked -> {
            Key key = asked.key();
            Optional<Instant> bought = lastConversion(key.flow(), user(text.apply(key)));
            if (bought.isPresent() && !bought.get().isBefore(asked.decidedAt())) {
                return new LastLook.Answer.Withdraw(BOUGHT_REASON);
            }
            if ((!looksUp || asked.named()) && isOptedOut(key.flow(), asked.recipient())) {
                return new LastLook.Answer.Withdraw(OPTED_OUT_REASON);
            }
            LastLook.Answer answer = other.isPresent() ? other.get().at(asked) : new LastLook.Answer.Send(List.of());
            return answer instanceof LastLook.Answer.Send send ? wanted(key.flow(), send) : answer;
        };
    }

    /** Those who want it; where there was somebody and nobody is left, it is over. */
    private LastLook.Answer wanted(String flow, LastLook.Answer.Send send) {
        List<String> left =
                send.to().stream().filter(to -> !isOptedOut(flow, to)).toList();
        return left.isEmpty() && !send.to().isEmpty()
                ? new LastLook.Answer.Withdraw(OPTED_OUT_REASON)
                : new LastLook.Answer.Send(left);
    }

    /** As subjects of keys are: a long one is hashed. */
    private static String bounded(String text) {
        return Key.of("any", text).subject();
    }

    private static Instant time(long micros) {
        return Micros.instant(micros);
    }
}
