package dev.sluice.server.config;

import dev.sluice.redis.RedisSettings;
import dev.sluice.server.config.Entry.Option;
import dev.sluice.server.config.Entry.Part;
import dev.sluice.server.config.Options.Logins;
import dev.sluice.server.config.Options.Redis;
import dev.sluice.server.config.Options.Sql;
import dev.sluice.sql.SqlSettings;
import java.util.List;
import java.util.Optional;

/** Reads where state and messages live. */
final class StoreReader {
    private final Section root;
    private final Section redis;
    private final Section sql;
    private final List<String> warnings;

    StoreReader(Section root, List<String> warnings) {
        this.root = root;
        this.redis = root.part(Options.REDIS);
        this.sql = root.part(Options.SQL);
        this.warnings = warnings;
    }

    /** What is said; {@code file} is SQLite's, where nothing is said. */
    StoreConfig read(StoreUrl file) {
        StoreUrl store = root.find(Options.STORE).orElse(file);
        Optional<StoreUrl> said = root.find(Options.DATABASE);
        StoreUrl database = said.orElse(store.isDatabase() ? store : file);
        if (store.isDatabase() && said.isPresent() && !said.get().equals(store)) {
            String what =
                    store instanceof StoreUrl.Memory ? "forgets its messages with its keys" : "holds the messages";
            root.wrong(
                    Options.DATABASE,
                    "is another one than the store, which " + what + " itself",
                    "leave it out, or name a Redis as 'store'");
        }
        warn(store, database, said.isPresent());
        return new StoreConfig(
                withLogin(store, store.isDatabase() ? sql : redis),
                withLogin(database, sql),
                redisSettings(),
                sqlSettings(),
                root.get(Options.DENIALS));
    }

    private RedisSettings redisSettings() {
        RedisSettings settings = RedisSettings.STANDARD
                .withPrefix(redis.get(Redis.PREFIX))
                .withTimeout(redis.get(Redis.TIMEOUT))
                .withReplicas(redis.get(Redis.REPLICAS));
        return redis.find(Redis.CERTIFICATES).map(settings::withTrusted).orElse(settings);
    }

    private SqlSettings sqlSettings() {
        SqlSettings standard = SqlSettings.STANDARD;
        return new SqlSettings(
                standard.waiting(),
                standard.batch(),
                sql.get(Sql.CONNECTIONS),
                sql.get(Sql.TIMEOUT),
                sql.get(Sql.SCHEMA));
    }

    /** A login is written in the URL or in the section, not in both. */
    static StoreUrl withLogin(StoreUrl url, Section section) {
        Optional<String> user = section.find(Logins.USER);
        Optional<Secret> password = section.find(Logins.PASSWORD);
        if (!(url instanceof StoreUrl.Shared shared) || (user.isEmpty() && password.isEmpty())) {
            return url;
        }
        Secret none = Secret.of("");
        boolean twice = (user.isPresent() && !shared.login().user().isEmpty())
                || (password.isPresent() && !shared.login().password().equals(none));
        if (twice) {
            Option<?> which = user.isPresent() ? Logins.USER : Logins.PASSWORD;
            section.wrong(which, "stands in the URL, too", "keep one of them");
        }
        StoreUrl.Login here = SharedUrl.encoded(user.orElse(""), password.orElse(none));
        return shared.with(new StoreUrl.Login(
                user.isPresent() ? here.user() : shared.login().user(),
                password.isPresent() ? here.password() : shared.login().password()));
    }

    private void warn(StoreUrl store, StoreUrl database, boolean said) {
        if (!store.isDatabase() && !database.isShared()) {
            warnings.add("database: " + (said ? "" : "is not said, so the messages go to ") + database
                    + (said ? " is for one server" : ", which is for one server")
                    + "; the keys of prefix " + redis.get(Redis.PREFIX) + " at " + store
                    + " will belong to that file for ever, and servers with another one are refused. Where servers share"
                    + " the store, write for each of them: database: postgresql://USER@HOST/DATABASE");
        }
        unused(Options.REDIS, !store.isDatabase(), "the store is no Redis");
        unused(Options.SQL, database.isShared(), "there is no PostgreSQL or MariaDB");
    }

    private void unused(Part section, boolean used, String why) {
        if (!used && root.has(section)) {
            warnings.add(section.name() + ": says nothing here, because " + why);
        }
    }

    /** What a Redis cannot promise to a flow that lets one in at a time. */
    static Optional<String> warning(StoreUrl store, FlowConfig flow) {
        boolean exclusive = flow.plan().rules().values().stream().anyMatch(rule -> rule.exclusive());
        return exclusive && !store.isDatabase()
                ? Optional.of("flows." + flow.name() + ": after a failover of Redis that loses writes, two holders are"
                        + " possible for at most one lease; where that must not be, use a SQL store")
                : Optional.empty();
    }
}
