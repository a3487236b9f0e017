package dev.sluice.outbox;

import dev.sluice.Budget;
import dev.sluice.Key;
import dev.sluice.Per;
import dev.sluice.sql.UnitOfWork;
import java.sql.SQLException;
import java.util.List;

/**
 * Where the digest of a budget goes: to the recipient that it protects, over the channels on which something was
 * refused; that of any other budget to those whom these channels go to by themselves, never to whom occurrences named:
 * they are as many as there are occurrences, and none of them should read about the others.
 */
final class BudgetTargets {
    /** The key stands for one receiver, so its first spelling is enough: there is no end to those that may come. */
    private static final String ADD = "insert into sluice_budget_target (key_text, channel, recipient) select ?, ?, ?"
            + " from (select 1 as one) as once"
            + " where not exists (select 1 from sluice_budget_target where key_text = ? and channel = ?)";

    private BudgetTargets() {}

    /** Something was refused that would have gone there. */
    static void add(UnitOfWork unit, Budget budget, Key key, List<Target> targets) throws SQLException {
        for (Target target : targets) {
            String recipient = budget.per() == Per.RECIPIENT ? target.recipient() : Deliveries.CHANNEL_KNOWS;
            Rows.update(unit, ADD, key.text(), target.channel(), recipient, key.text(), target.channel());
        }
    }

    static List<Target> of(UnitOfWork unit, Key key) throws SQLException {
        return Rows.list(
                unit,
                "select channel, recipient from sluice_budget_target where key_text = ? order by channel, recipient",
                row -> new Target(row.getString("channel"), row.getString("recipient")),
                key.text());
    }

    /** All that was refused was told. */
    static void drop(UnitOfWork unit, Key key) throws SQLException {
        Rows.update(unit, "delete from sluice_budget_target where key_text = ?", key.text());
    }
}
