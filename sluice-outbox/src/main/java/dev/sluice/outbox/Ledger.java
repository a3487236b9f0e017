package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Micros;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;

/** The record of what was decided, delivered, reported and done by hand. Never a row per suppression. */
final class Ledger {
    private static final String INSERT =
            "insert into sluice_ledger (at, flow, subject, key_text, kind, detail) values (?, ?, ?, ?, ?, ?)";

    /** What an entry tells. The word is the name in lower case. */
    enum Kind {
        /** An occurrence passed. */
        PASS,
        /** An occurrence passed and says how many there were. */
        SUMMARY,
        /** A claim was settled, or a settle came too late. */
        SETTLE,
        /** A claim reached its deadline. */
        LOST,
        /** A tally was closed. */
        TALLY,
        /** A digest was stored as a message, or told otherwise. */
        DIGEST,
        /** All deliveries of a message were given up. */
        DEAD,
        /** The key was armed again. */
        RESET,
        /** More went out than the limit. */
        OVERSHOOT,
        /** Decided elsewhere and counted here. */
        REPORT,
        /** What another system told, or had in hand, was taken over. */
        IMPORT,
        /** Somebody did something by hand. */
        ACTION;

        private final String word = name().toLowerCase(Locale.ROOT);

        String word() {
            return word;
        }
    }

    private Ledger() {}

    static void write(UnitOfWork unit, Key key, Kind kind, String detail) throws SQLException {
        Rows.update(unit, INSERT, unit.now(), key.flow(), key.subject(), key.text(), kind.word(), detail);
    }

    static List<LedgerEntry> list(SqlStore store, Outbox.LedgerFilter filter, int limit) {
        Where where = where(filter, store.dialect());
        return store.query(connection -> Rows.list(
                connection,
                sql(where),
                row -> new LedgerEntry(
                        row.getLong("id"),
                        Micros.instant(row.getLong("at")),
                        row.getString("key_text"),
                        row.getString("kind"),
                        row.getString("detail")),
                where.valuesAnd(limit)));
    }

    static String sql(Where where) {
        return "select id, at, key_text, kind, detail from sluice_ledger" + where.text() + " order by id desc limit ?";
    }

    /** The plus takes an index out of the choice, so that the one with the fewest entries is left. */
    static Where where(Outbox.LedgerFilter filter, Dialect dialect) {
        Where where = new Where();
        String aside = Phrases.aside(dialect);
        boolean bySubject = filter.subject().isPresent();
        boolean byKind = !bySubject && filter.kind().filter(Ledger::isRare).isPresent();
        boolean byFlow = !bySubject && !byKind && filter.flow().isPresent();
        String range = bySubject || byFlow || filter.kind().isPresent() ? aside : "";
        filter.subject().ifPresent(subject -> where.and("subject = ?", subject));
        filter.kind().ifPresent(kind -> where.and((bySubject || byFlow ? aside : "") + "kind = ?", kind));
        filter.flow().ifPresent(flow -> where.and((byFlow ? "" : aside) + "flow = ?", flow));
        filter.from().ifPresent(from -> where.and(range + "at >= ?", Micros.of(from)));
        filter.to().ifPresent(to -> where.and(range + "at < ?", Micros.of(to)));
        filter.before().ifPresent(before -> where.and("id < ?", before));
        return where;
    }

    /** Every message has entries of the other kinds: they are soon found in any flow. */
    private static boolean isRare(String kind) {
        return !kind.equals(Kind.PASS.word()) && !kind.equals(Kind.SETTLE.word());
    }
}
