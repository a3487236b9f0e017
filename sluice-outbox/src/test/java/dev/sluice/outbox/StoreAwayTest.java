package dev.sluice.outbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.Rule;
import dev.sluice.StoreException;
import dev.sluice.sql.Dialect;
import dev.sluice.sql.SqlSettings;
import dev.sluice.testbed.MariaDbServer;
import dev.sluice.testbed.PostgresServer;
import dev.sluice.testbed.SqlServer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The database goes away while a message is being handed over, and comes back. */
@OnSharedDatabases
class StoreAwayTest extends WithOutbox {
    private static final Duration TIMEOUT = Duration.ofSeconds(1);
    private static final SqlSettings IMPATIENT = new SqlSettings(1_000, 512, 8, TIMEOUT, SqlSettings.Tables.CREATE);

    private @Nullable SqlServer server;

    private SqlServer server() {
        if (server == null) {
            SqlServer.Durability durability = SqlServer.Durability.DISK;
            server = dialect == Dialect.MARIADB ? MariaDbServer.start(durability) : PostgresServer.start(durability);
        }
        return server;
    }

    @Override
    TestDatabase fresh() {
        return TestDatabase.Served.by(server(), IMPATIENT);
    }

    /** After the tests of the books, which ask it. */
    @AfterEach
    @Override
    void closeBooks() {
        super.closeBooks();
        server().close();
    }

    @Test
    void callersAreRefusedInTimeAndWhatWasSentIsWrittenDownOnceItIsBack() {
        flow("errors", Rule.allow("5 per 1h").build());
        settings = new Outbox.Settings(LEASE, 2, Duration.ofMillis(50), Duration.ofDays(30));
        mail().next(outgoing -> {
            server().kill();
            return new Receipt.Accepted("250 ok");
        });
        outbox().start();
        Acceptance.Decided answer = offer("errors", "x");
        Awaitility.await().until(() -> mail().delivered().size() == 1);

        long asked = System.nanoTime();
        assertThatThrownBy(() -> offer("errors", "y")).hasCauseInstanceOf(StoreException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - asked)).isLessThan(TIMEOUT.multipliedBy(4));

        server().restart();
        Awaitility.await()
                .ignoreExceptions()
                .atMost(Duration.ofSeconds(30))
                .until(() -> state(answer) == MessageState.DELIVERED);
        assertThat(mail().attempts()).hasSize(1);
    }

    @Test
    void theLogSaysOnceThatItIsAwayAndOnceThatItIsBack() {
        flow("errors", Rule.allow("5 per 1h").build());
        settings = new Outbox.Settings(LEASE, 2, Duration.ofMillis(20), Duration.ofDays(30));
        outbox().start();
        Logger logger = Logger.getLogger(DueLoop.class.getName());
        Lines lines = new Lines();
        logger.setLevel(Level.INFO);
        logger.addHandler(lines);
        try {
            server().kill();
            Awaitility.await().until(() -> !lines.said.isEmpty());
            Awaitility.await().pollDelay(TIMEOUT.multipliedBy(2)).until(() -> true);
            server().restart();
            Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> lines.said.size() > 1);
        } finally {
            logger.removeHandler(lines);
            logger.setLevel(null);
        }
        assertThat(lines.said).extracting(LogRecord::getLevel).containsExactly(Level.WARNING, Level.INFO);
        assertThat(lines.said).extracting(LogRecord::getThrown).containsOnlyNulls();
    }

    private static final class Lines extends Handler {
        private final Queue<LogRecord> said = new ConcurrentLinkedQueue<>();

        @Override
        public void publish(LogRecord line) {
            if (line.getLevel().intValue() >= Level.INFO.intValue()) {
                said.add(line);
            }
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    }
}
