package dev.sluice.server.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.Books;
import dev.sluice.Bucket;
import org.junit.jupiter.api.Test;

/** What the books of a flow say of its notifications. */
class StatisticsOfBooksTest {
    @Test
    void whatWasGivenUpInShadowTakesNothingFromWhatWasSent() {
        Books books = Books.only(Bucket.IN, 2)
                .with(Bucket.DELIVERED, 1)
                .with(Bucket.DEAD, 1)
                .with(Bucket.SHADOWED, 1);
        assertThat(Statistics.of(books, 1)).isEqualTo(new Statistics(1, 2, 1, 1));
    }

    @Test
    void whatWasGivenUpOrHeldWasNotSent() {
        Books books = Books.only(Bucket.IN, 10)
                .with(Bucket.DELIVERED, 3)
                .with(Bucket.PENDING, 1)
                .with(Bucket.DEAD, 2)
                .with(Bucket.HELD, 4);
        assertThat(Statistics.of(books, 1)).isEqualTo(new Statistics(1, 10, 4, 4));
    }

    @Test
    void ofTenInShadowThoseAreSentThatTheRuleWouldHaveLetThrough() {
        Books books = Books.only(Bucket.IN, 10).with(Bucket.DELIVERED, 10).with(Bucket.SHADOWED, 5);
        assertThat(Statistics.of(books, 1)).isEqualTo(new Statistics(1, 10, 5, 5));
    }
}
