package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Key;
import dev.sluice.sql.Dialect;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is listed comes from the index with the fewest rows to look at. */
class QueryPlansTest extends WithOutbox {
    private static final Optional<Key> KEY = Optional.of(Key.of("errors", "disk"));
    private static final Optional<String> FLOW = Optional.of("errors");
    private static final Optional<Long> BEFORE = Optional.of(1_000L);
    private static final Optional<Instant> TIME = Optional.of(START);

    private String plan(String sql, Where where) {
        outbox();
        List<String> steps = store().query(connection -> Rows.list(
                connection, "explain query plan " + sql, row -> row.getString("detail"), where.valuesAnd(10)));
        return String.join("; ", steps);
    }

    private String messages(Optional<String> flow, Optional<Key> key, Optional<MessageState> state) {
        Where where = MessageViews.where(new Outbox.MessageFilter(flow, key, state, BEFORE), Dialect.SQLITE);
        return plan(MessageViews.sql(where), where);
    }

    private String ledger(Optional<String> flow, Optional<String> subject, Optional<Ledger.Kind> kind) {
        Outbox.LedgerFilter filter =
                new Outbox.LedgerFilter(flow, subject, kind.map(Ledger.Kind::word), TIME, TIME, BEFORE);
        Where where = Ledger.where(filter, Dialect.SQLITE);
        return plan(Ledger.sql(where), where);
    }

    @Test
    void messagesOfASubjectComeFromItsKeyWhateverElseIsAsked() {
        assertThat(messages(FLOW, KEY, Optional.empty())).contains("(key_text=?)");
        assertThat(messages(FLOW, KEY, Optional.of(MessageState.DEAD))).contains("(key_text=?)");
        assertThat(messages(Optional.empty(), KEY, Optional.empty())).contains("(key_text=?)");
    }

    @Test
    void otherMessagesComeInTheOrderOfAnIndex() {
        assertThat(messages(FLOW, Optional.empty(), Optional.empty()))
                .contains("sluice_message_of_flow (flow=?")
                .doesNotContain("TEMP B-TREE");
        assertThat(messages(Optional.empty(), Optional.empty(), Optional.of(MessageState.DEAD)))
                .contains("sluice_message_in_state (state=?")
                .doesNotContain("TEMP B-TREE");
    }

    @ParameterizedTest
    @EnumSource(
            value = Ledger.Kind.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {"PASS", "SETTLE"})
    void entriesOfARareKindComeFromIt(Ledger.Kind kind) {
        assertThat(ledger(FLOW, Optional.empty(), Optional.of(kind)))
                .contains("sluice_ledger_of_kind (kind=?")
                .doesNotContain("TEMP B-TREE");
        assertThat(ledger(Optional.empty(), Optional.empty(), Optional.of(kind)))
                .contains("sluice_ledger_of_kind (kind=?")
                .doesNotContain("TEMP B-TREE");
    }

    @Test
    void entriesOfAFlowComeFromItWithTheKindOfEveryMessage() {
        for (Optional<Ledger.Kind> kind : List.of(
                Optional.<Ledger.Kind>empty(), Optional.of(Ledger.Kind.PASS), Optional.of(Ledger.Kind.SETTLE))) {
            assertThat(ledger(FLOW, Optional.empty(), kind))
                    .contains("sluice_ledger_of_flow (flow=?")
                    .doesNotContain("TEMP B-TREE");
        }
    }

    @Test
    void entriesOfASubjectComeFromItWhateverElseIsAsked() {
        assertThat(ledger(FLOW, Optional.of("disk"), Optional.of(Ledger.Kind.DEAD)))
                .contains("sluice_ledger_of_subject (subject=?")
                .doesNotContain("TEMP B-TREE");
    }

    @Test
    void whatIsLeftOfAKeyIsFoundByItsKeyAndItsSubject() {
        outbox();
        List<String> steps = store().query(connection -> Rows.list(
                connection,
                "explain query plan " + Traces.sql(Dialect.SQLITE),
                row -> row.getString("detail"),
                Traces.values(Key.of("errors", "disk"))));
        assertThat(String.join("; ", steps))
                .contains("(key_text=?)", "sluice_ledger_of_subject (subject=?)")
                .doesNotContain("SCAN sluice");
    }

    @Test
    void deathsComeFromTheDead() {
        outbox();
        List<String> steps = store().query(connection -> Rows.list(
                connection,
                "explain query plan " + MessageViews.deaths(Dialect.SQLITE),
                row -> row.getString("detail"),
                0L,
                0L,
                0L,
                10));
        assertThat(String.join("; ", steps)).contains("sluice_message_dead (").doesNotContain("TEMP B-TREE");
    }
}
