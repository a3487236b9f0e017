package dev.sluice.outbox;

import dev.sluice.Key;
import dev.sluice.Out;
import dev.sluice.State;
import dev.sluice.sql.SqlStore;
import dev.sluice.sql.UnitOfWork;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * How many of the held ones of a key are told by which budget, so that nobody is told of them twice: a row for each
 * tally and budget, gone when the tally was told.
 */
final class Entrusted {
    private static final String NOTE =
            "update sluice_budget_told set held = held + 1 where key_text = ? and tally = ? and budget = ?";
    private static final String NOTE_FIRST = "insert into sluice_budget_told (key_text, tally, budget, held)"
            + " select ?, ?, ?, 1 from (select 1 as one) as once where not exists"
            + " (select 1 from sluice_budget_told where key_text = ? and tally = ? and budget = ?)";
    private static final String SUM = "select budget, sum(held) from sluice_budget_told where key_text = ?";
    private static final String BY_BUDGET = " group by budget order by budget";

    private Entrusted() {}

    private record Share(Key budget, long held) {}

    /** One more of the open tally of {@code key}, which now has {@code state}, is told by the budget of a key. */
    static void note(UnitOfWork unit, Key key, State state, Key budget) throws SQLException {
        Out waiting = state.out();
        String of = key.text();
        long tally = waiting == null ? 0 : waiting.number();
        String by = budget.text();
        // One that is the first to be held is hardly ever there.
        boolean noted = state.held() > 1 && Rows.update(unit, NOTE, of, tally, by) > 0;
        if (!noted && Rows.update(unit, NOTE_FIRST, of, tally, by, of, tally, by) == 0) {
            Rows.update(unit, NOTE, of, tally, by);
        }
    }

    /** What budgets tell of the tally of this number. */
    static Map<Key, Long> before(UnitOfWork unit, Key key, long tally) throws SQLException {
        return byBudget(Rows.list(unit, SUM + " and tally < ?" + BY_BUDGET, Entrusted::share, key.text(), tally));
    }

    /** What budgets tell of all that the key holds. */
    static Map<Key, Long> ofKey(SqlStore store, Key key) {
        return byBudget(
                store.query(connection -> Rows.list(connection, SUM + BY_BUDGET, Entrusted::share, key.text())));
    }

    /** The tally of this number was told. */
    static void drop(UnitOfWork unit, Key key, long tally) throws SQLException {
        Rows.update(unit, "delete from sluice_budget_told where key_text = ? and tally < ?", key.text(), tally);
    }

    private static Share share(ResultSet row) throws SQLException {
        return new Share(Key.parse(row.getString(1)), row.getLong(2));
    }

    private static Map<Key, Long> byBudget(List<Share> shares) {
        Map<Key, Long> all = new LinkedHashMap<>();
        shares.forEach(share -> all.put(share.budget, share.held));
        return all;
    }
}
