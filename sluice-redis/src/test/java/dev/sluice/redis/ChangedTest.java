package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What waits to be read. */
class ChangedTest {
    private final Changed changed = new Changed(2);

    private static WatchedSubject subject(String text) {
        return new WatchedSubject(text, Map.of("id", text));
    }

    @Test
    void aSubjectThatIsNamedOftenIsTakenOnce() throws InterruptedException {
        for (int i = 0; i < 1_000; i++) {
            changed.add(subject("a"));
        }
        changed.add(subject("b"));
        assertThat(changed.take(10)).containsExactly(subject("a"), subject("b"));
        assertThat(changed.size()).isZero();
    }

    @Test
    void aSubjectIsNeverUnderWayTwice() throws InterruptedException {
        changed.add(subject("a"));
        changed.take(1);
        changed.add(subject("a"));
        assertThat(changed.size()).isZero();
        changed.done(subject("a"));
        assertThat(changed.take(1)).containsExactly(subject("a"));
        changed.done(subject("a"));
        assertThat(changed.size()).isZero();
    }

    @Test
    void aFullQueueRefusesOnlyWhatItDoesNotHold() {
        assertThat(changed.add(subject("a"))).isTrue();
        assertThat(changed.add(subject("b"))).isTrue();
        assertThat(changed.add(subject("c"))).isFalse();
        assertThat(changed.add(subject("a"))).isTrue();
        assertThat(changed.size()).isEqualTo(2);
    }

    @Test
    void closingLetsGoOfWhoeverWaits() throws InterruptedException {
        changed.close();
        assertThat(changed.take(1)).isEmpty();
    }
}
