package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Where each occurrence is after each event; that the books close in every history is proven by the histories. */
class BooksTest {
    private final Lab lab = new Lab(Rule.allow("2 per 1h"));

    @Test
    void aPassIsPendingUntilItIsSettled() {
        Event offer = Lab.occurrence(1);
        Outcome pass = lab.apply(offer);
        assertThat(pass.books(offer)).isEqualTo(Books.only(Bucket.IN, 1).with(Bucket.PENDING, 1));

        Live claim = pass.state().live().get(0);
        Event complete = new Event.Complete(claim.fence(), claim.nonce());
        assertThat(lab.apply(complete).books(complete)).isEqualTo(Books.moved(Bucket.PENDING, Bucket.DELIVERED, 1));
    }

    @Test
    void aHeldOneIsHeldThenOwedThenReported() {
        lab.deliver();
        lab.deliver();
        Event offer = Lab.occurrence(1);
        assertThat(lab.apply(offer).books(offer))
                .isEqualTo(Books.only(Bucket.IN, 1).with(Bucket.HELD, 1));
        lab.at("1h");
        assertThat(lab.look().books(new Event.Take())).isEqualTo(Books.moved(Bucket.HELD, Bucket.OWED, 1));
    }

    @Test
    void aRepeatedIdIsCountedBeside() {
        lab.apply(Lab.occurrence(1));
        Event again = Lab.occurrence(1);

        assertThat(lab.apply(again).books(again)).isEqualTo(Books.only(Bucket.REPEATED, 1));
    }

    @Test
    void anIdWhoseClaimWasLostLongAgoIsANewOccurrence() {
        Lab few = new Lab(Rule.allow("1 per 1h"));
        Lab many = new Lab(Rule.allow("9 per 1h"));
        for (long id = 1; id <= 9; id++) {
            many.apply(Lab.occurrence(id));
        }
        Event again = Lab.occurrence(1);
        Outcome asNew = Step.apply(many.state(), few.rule(), again, Lab.time("1m"));

        assertThat(asNew.answer()).as("only the newest four are remembered").isInstanceOf(Answer.Granted.class);
        assertThat(asNew.books(again).get(Bucket.IN)).isEqualTo(1);
        assertThat(asNew.books(again).unaccounted()).isZero();
    }

    @Test
    void whatIsMissingIsUnaccounted() {
        Books books = Books.only(Bucket.IN, 5).with(Bucket.DELIVERED, 3).with(Bucket.HELD, 1);
        assertThat(books.unaccounted()).isEqualTo(1);
        assertThat(books.plus(Books.only(Bucket.DEAD, 1)).unaccounted()).isZero();
        assertThat(books.plus(Books.only(Bucket.OVERSHOOT, 7)).unaccounted()).isEqualTo(1);
    }
}
