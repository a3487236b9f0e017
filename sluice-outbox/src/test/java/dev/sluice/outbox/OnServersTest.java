package dev.sluice.outbox;

import org.junit.jupiter.api.Nested;

/** What an outbox promises on SQLite it promises on a database server as well. */
class OnServersTest {
    @Nested
    @OnSharedDatabases
    class Deliveries extends DeliveryTest {}

    @Nested
    @OnSharedDatabases
    class Digests extends DigestTest {}

    @Nested
    @OnSharedDatabases
    class Callers extends CallerTest {}

    @Nested
    @OnSharedDatabases
    class Leases extends LeaseTest {}

    @Nested
    @OnSharedDatabases
    class Shadows extends ShadowTest {}

    @Nested
    @OnSharedDatabases
    class Budgets extends BudgetTest {}

    @Nested
    @OnSharedDatabases
    class Episodes extends EpisodesTest {}

    @Nested
    @OnSharedDatabases
    class Groups extends GroupsTest {}

    @Nested
    @OnSharedDatabases
    class LateAddresses extends LateAddressesTest {}

    @Nested
    @OnSharedDatabases
    class Histories extends BooksHistoryTest {}

    @Nested
    @OnSharedDatabases
    class WriteBacks extends WriteBackTest {}
}
