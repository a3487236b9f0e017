package dev.sluice.outbox;

import org.junit.jupiter.api.Nested;

/** Keys in a store beside a database server that several outboxes share. */
class ApartOnServersTest {
    @Nested
    @OnSharedDatabases
    class Deliveries extends DeliveryTest {
        @Override
        boolean apart() {
            return true;
        }
    }

    @Nested
    @OnSharedDatabases
    class Sharing extends SharingTest {
        @Override
        boolean apart() {
            return true;
        }
    }
}
