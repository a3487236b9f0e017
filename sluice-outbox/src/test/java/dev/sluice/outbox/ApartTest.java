package dev.sluice.outbox;

import org.junit.jupiter.api.Nested;

/** The same promises where keys are decided by a store beside the database of messages. */
class ApartTest {
    @Nested
    class Delivery extends DeliveryTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class Digests extends DigestTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class RateLimits extends RateLimitTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class Callers extends CallerTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class Budgets extends BudgetTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class Shadows extends ShadowTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class Leases extends LeaseTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class Episodes extends EpisodesTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class Groups extends GroupsTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class LateAddresses extends LateAddressesTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class Histories extends HistoriesTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class BudgetHistories extends BudgetHistoriesTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    class Crashes extends CrashTest {
        @Override
        boolean apart() {
            return true;
        }
    }
}
