package dev.sluice.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.examples.Fault.Wording;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is wrong is found. */
class FloodTest {
    private static final Instant BEGIN = Instant.parse("2026-01-14T18:00:00Z");
    private static final int PERIOD = 34;
    private static final Flood.Books CLOSED = new Flood.Books(600, 90, 510, 0);

    @Test
    void allIsWell() {
        assertThat(asTold().complaints()).isEmpty();
    }

    @Test
    void aMailThatIsMissing() {
        List<Arrival> mails = received();
        mails.remove(40);
        assertThat(flood(mails, received(), CLOSED).complaints())
                .containsExactly(
                        "the mail server should see 90 errors and 18 digests, and saw 89 and 18.",
                        "the mail server was told of 599 errors of 600.");
    }

    @Test
    void oneTooMany() {
        List<Arrival> hooks = received();
        hooks.add(5, new Arrival(hooks.get(4).at(), Arrival.Kind.PASS, "once more", "", 1));
        assertThat(flood(received(), hooks, CLOSED).complaints())
                .contains("the receiver of webhooks saw 6 errors in one window.");
    }

    @Test
    void aDigestThatTellsTooFew() {
        List<Arrival> mails = received();
        mails.set(5, Arrival.of(mails.get(5).at(), "[HELD x28] x", ""));
        assertThat(flood(mails, received(), CLOSED).complaints())
                .containsExactly("the mail server was told of 599 errors of 600.");
    }

    @Test
    void booksThatDoNotClose() {
        assertThat(flood(received(), received(), new Flood.Books(600, 90, 509, 1))
                        .complaints())
                .hasSize(1);
    }

    @Test
    void anOriginalThatDoesOtherwise() {
        Flood flood = new Flood(
                Wording.CAUSE_FIRST,
                Fault.incident(BEGIN, Wording.CAUSE_FIRST),
                received(),
                received(),
                received(),
                CLOSED,
                Duration.ZERO);
        assertThat(flood.complaints()).hasSize(1).first().asString().contains("model of the original");
    }

    private static Flood flood(List<Arrival> mails, List<Arrival> hooks, Flood.Books books) {
        List<Arrival> original = received().subList(0, 5);
        return new Flood(
                Wording.CAUSE_FIRST,
                Fault.incident(BEGIN, Wording.CAUSE_FIRST),
                mails,
                hooks,
                original,
                books,
                Duration.ZERO);
    }

    /** As it should be. */
    static Flood asTold() {
        return flood(received(), received(), CLOSED);
    }

    private static List<Arrival> received() {
        List<Arrival> arrivals = new ArrayList<>();
        for (int first = 0; first < Fault.COUNT; first += PERIOD) {
            Instant start = BEGIN.plus(Fault.APART.multipliedBy(first));
            for (int i = 0; i < 5; i++) {
                String title = i == 2 ? "[AGGREGATED x3] x" : "x";
                arrivals.add(Arrival.of(start.plus(Fault.APART.multipliedBy(i)), title, "note"));
            }
            int held = Math.min(PERIOD, Fault.COUNT - first) - 5;
            arrivals.add(Arrival.of(start.plus(Duration.ofHours(1)), "[HELD x" + held + "] x", held + " held"));
        }
        return arrivals;
    }
}
