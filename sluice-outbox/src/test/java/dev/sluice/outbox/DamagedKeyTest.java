package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Digest;
import dev.sluice.Rule;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A key whose state cannot be read keeps nothing else from being done. */
class DamagedKeyTest extends WithOutbox {
    private static OnFailure giveUpAfter(Duration giveUp) {
        return new OnFailure(Duration.ofSeconds(5), 2, Duration.ofMinutes(10), 0, OnFailure.From.FAILURE, 12, giveUp);
    }

    @Test
    void aDeliveryThatCannotBeEndedKeepsNoOtherFromItNorDigestsFromBeingTold() {
        flow("single", Rule.allow("1 per 1h").build(), giveUpAfter(Duration.ofHours(1)), "mail");
        flow("short", Rule.allow("once per 1h").build(), giveUpAfter(Duration.ofSeconds(4)), "mail");
        flow("digest", Rule.allow("1 per 1h").digest(Digest.AT_CLOSE).build());
        for (String title : List.of("sent", "held")) {
            send("digest", title);
        }
        mail().always(new Receipt.Unreachable("connection refused"));
        Acceptance.Decided damaged = offer("single", "damaged");
        Acceptance.Decided other = offer("short", "other");
        rewrite("cast(x'09' || state as blob)");
        mail().always(new Receipt.Accepted("250 ok"));
        pass(Duration.ofHours(2));
        assertThat(state(damaged)).isEqualTo(MessageState.PENDING);
        assertThat(state(other)).isEqualTo(MessageState.DEAD);
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);
        rewrite("substr(state, 2)");
        pass(Duration.ofHours(2));
        assertThat(state(damaged)).isEqualTo(MessageState.DEAD);
    }

    /** What is stored of the key of "single", which the store then reads anew. */
    private void rewrite(String state) {
        close();
        String sql = "update sluice_key set state = " + state + " where key = 'single:subject'";
        int rows = join(store().transact(unit -> Rows.update(unit, sql)));
        assertThat(rows).isEqualTo(1);
    }

    @Test
    void aDamagedKeyKeepsNoOtherFromBeingToldAndNothingFromBeingPurged() {
        flow("errors", Rule.allow("2 per 1h").build());
        for (int i = 0; i < 3; i++) {
            offer("errors", "error");
        }
        damage("insert into sluice_key (key, state, due_at) values ('errors:damaged', x'09', 0)");
        pass(Duration.ofHours(1));
        assertThat(mail().delivered(Message.Kind.DIGEST)).hasSize(1);

        pass(Duration.ofDays(40));
        pass(Duration.ofHours(1));
        assertThat(messages()).isEmpty();
        damage("delete from sluice_key where key = 'errors:damaged'");
    }

    private void damage(String sql) {
        join(store().transact(unit -> unit.prepare(sql).executeUpdate()));
    }
}
