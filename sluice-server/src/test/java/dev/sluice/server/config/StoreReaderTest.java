package dev.sluice.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.sql.SqlSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where state and messages live, as a configuration says it. */
class StoreReaderTest {
    @TempDir
    Path directory;

    private Reading reading;

    @BeforeEach
    void inThisDirectory() {
        reading = new Reading(directory);
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://gate:pw@db.example.org:5432/sluice?sslmode=require, postgresql://gate@db.example.org:5432/sluice",
        "mariadb://gate:p%40w@[::1]:3306/sluice,                           mariadb://gate@[::1]:3306/sluice",
        "redis://127.0.0.1,                                                redis://127.0.0.1",
        "rediss://gate:pw@r:6380/3,                                        rediss://gate@r:6380/3",
        "redis://:pw@r,                                                    redis://r",
        "'redis-cluster://a:7000,b:7001,c', 'redis-cluster://a:7000,b:7001,c'",
    })
    void aServerIsOpenedByTheWholeUrlAndShownWithoutItsSecrets(String url, String shown) {
        StoreUrl store = reading.read("store: '" + url + "'").store();
        assertThat(store).hasToString(shown);
        assertThat(((StoreUrl.Shared) store).reveal()).isEqualTo(url);
    }

    @Test
    void aSentinelIsToldTheNameOfTheMaster() {
        StoreUrl store =
                reading.read("store: redis-sentinel://a,b:26380/1#gate").store();
        assertThat(((StoreUrl.Shared) store).reveal()).isEqualTo("redis-sentinel://a,b:26380/1#gate");
    }

    @Test
    void aDatabaseHoldsItsMessagesItselfAndARedisHasOneBeside() {
        assertThat(reading.read("store: postgresql://db/sluice").stores().isSplit())
                .isFalse();
        assertThat(reading.read("store: redis://r").stores().database())
                .isEqualTo(new StoreUrl.Sqlite(Path.of("data", "sluice.db")));
        StoreConfig both =
                reading.read("store: redis://r\ndatabase: mariadb://db/sluice").stores();
        assertThat(both.isSplit()).isTrue();
        assertThat(both).hasToString("redis://r, database mariadb://db/sluice");
    }

    @Test
    void aLoginBesideTheUrlIsEncodedIntoIt() {
        Map<String, String> environment = Map.of("SLUICE_SQL_PASSWORD", "p@s:s/w%#?", "SLUICE_REDIS_PASSWORD", "$");
        StoreConfig stores = reading.read("store: redis://r/2\ndatabase: postgresql://gate@db/sluice\n", environment)
                .stores();
        assertThat(((StoreUrl.Shared) stores.database()).reveal())
                .isEqualTo("postgresql://gate:p%40s%3As%2Fw%25%23%3F@db/sluice");
        assertThat(((StoreUrl.Shared) stores.store()).reveal()).isEqualTo("redis://:%24@r/2");
    }

    @Test
    void howAStoreIsUsedIsReadFromItsSection() {
        StoreConfig stores = reading.read("""
                store: redis://r
                database: mariadb://db/sluice
                redis: {prefix: 'acme:gate', timeout: 200ms, replicas: 1}
                sql: {connections: 20, timeout: 2s, schema: check}
                denial-cache: off
                """).stores();
        assertThat(stores.redis().prefix()).isEqualTo("acme:gate");
        assertThat(stores.redis().timeout()).isEqualTo(Duration.ofMillis(200));
        assertThat(stores.redis().replicas()).isEqualTo(1);
        assertThat(stores.sql().connections()).isEqualTo(20);
        assertThat(stores.sql().timeout()).isEqualTo(Duration.ofSeconds(2));
        assertThat(stores.sql().tables()).isEqualTo(SqlSettings.Tables.CHECK);
        assertThat(stores.denials()).isZero();
        assertThat(reading.read("").stores())
                .isEqualTo(StoreConfig.of(new StoreUrl.Sqlite(Path.of("data", "sluice.db"))));
    }

    @Test
    void dataIsTheFileOfTheMessagesWhereTheStoreIsAServer() throws ConfigException {
        ConfigReader reader = new ConfigReader(
                Optional.empty(), Map.of("SLUICE_STORE", "redis://r"), Optional.of(directory), Optional.empty());
        assertThat(reader.read().stores()).hasToString("redis://r, database sqlite:" + directory.resolve("sluice.db"));
    }

    @Test
    void whatAStoreCannotPromiseIsWarnedOf() throws ConfigException {
        assertThat(warnings("store: redis://r\nflows: {jobs: {allow: exclusive}}"))
                .satisfiesExactly(
                        each -> assertThat(each)
                                .startsWith("database: is not said, so the messages go to sqlite:data")
                                .contains("for one server", "prefix sluice", "redis://r", "for ever")
                                .endsWith("write for each of them: database: postgresql://USER@HOST/DATABASE"),
                        each -> assertThat(each)
                                .startsWith("flows.jobs: after a failover of Redis")
                                .contains("one lease"));
        assertThat(warnings("store: mariadb://db/d\nredis: {timeout: 1s}\nflows: {jobs: {allow: exclusive}}"))
                .containsExactly("redis: says nothing here, because the store is no Redis");
        assertThat(warnings("store: redis://r\ndatabase: sqlite:m.db"))
                .singleElement()
                .asString()
                .startsWith("database: sqlite:m.db is for one server");
        assertThat(warnings("sql: {timeout: 1s}"))
                .containsExactly("sql: says nothing here, because there is no PostgreSQL or MariaDB");
        assertThat(warnings("store: redis://r\ndatabase: postgresql://db/d")).isEmpty();
    }

    private List<String> warnings(String yaml) throws ConfigException {
        return reading.understand(yaml, Map.of()).warnings();
    }
}
