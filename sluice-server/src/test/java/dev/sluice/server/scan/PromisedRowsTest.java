package dev.sluice.server.scan;

import static dev.sluice.server.scan.CartGate.DAY;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The table of promises of the system that docs/scans.md takes the place of, a test a row, each by the words of its row: a
 * whole server on SQLite that scans every 30 s, by a clock that is moved by hand.
 */
class PromisedRowsTest {
    private static final int USER = 7;
    private static final long FOUR_HOURS = 14_400;

    @TempDir
    Path directory;

    private CartGate gate;

    @BeforeEach
    void aCartThatIsLeft() throws Exception {
        gate = CartGate.onDisk(directory);
        gate.shop().user(USER, Duration.ofMinutes(5));
        gate.shop().put(USER, 1, 2);
    }

    @AfterEach
    void stop() throws Exception {
        gate.close();
    }

    @Test
    @DisplayName("Same cart, same user, checked twice in 1 cycle | Email sent once | S3.1")
    void twiceInOneCycle() throws Exception {
        gate.settle();
        gate.replaced();
        gate.settle();
        assertThat(gate.now()).isZero();
        assertThat(gate.times()).containsExactly(0L);
    }

    @Test
    @DisplayName("Same cart, same user, checked in different cycles | Email sent once | S3.2")
    void differentCycles() throws Exception {
        for (long second = FOUR_HOURS; second < DAY; second += FOUR_HOURS) {
            gate.until(second);
            gate.replaced();
        }
        gate.until(DAY - CartGate.EVERY);
        assertThat(gate.times()).containsExactly(0L);
    }

    @Test
    @DisplayName("Same cart, email sending in progress | Skipped (2-minute window) | S3.3")
    void inProgress() {
        gate.takes(90);
        gate.until(600);
        assertThat(gate.times()).containsExactly(0L);
    }

    @Test
    @DisplayName("Different cart (user added item), same user | New email sent (different hash) | S3.4")
    void anotherItem() throws Exception {
        gate.until(600);
        gate.shop().put(USER, 2, 1);
        gate.shop().active(USER);
        gate.until(1_200);
        gate.shop().take(USER, 2);
        gate.until(DAY - CartGate.EVERY);
        assertThat(gate.times())
                .as("the other cart once its user was idle for 60 s; back to the first one: none")
                .containsExactly(0L, 660L);
    }

    @Test
    @DisplayName("Same cart, email failed to send | Retry allowed after 2 minutes | S3.5")
    void failed() {
        gate.accepts(second -> second > 0);
        gate.until(90);
        gate.until(119, 1);
        assertThat(gate.mails()).hasSize(1);
        gate.until(120, 1);
        assertThat(gate.times()).containsExactly(120L);
        gate.until(3_600);
        assertThat(gate.mails()).extracting(CartGate.Mail::second).containsExactly(0L, 120L);
    }

    @Test
    @DisplayName("Same cart after 24 hours | New email sent (new abandonment) | S3.6")
    void afterADay() {
        gate.until(DAY + 3_600);
        assertThat(gate.times()).containsExactly(0L, DAY);
    }
}
