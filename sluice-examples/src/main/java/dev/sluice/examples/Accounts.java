package dev.sluice.examples;

import dev.sluice.contract.ManualClock;
import io.lettuce.core.api.StatefulRedisConnection;
import java.util.Map;

/** What writes the margins of accounts down in a Redis, and announces them. */
record Accounts(StatefulRedisConnection<String, String> redis, ManualClock clock) {
    void open(String id) {
        redis.sync().hset("user:{" + id + "}:config", "email", id.replace(':', '-') + "@example.org");
    }

    void write(String id, double level) {
        write(id, String.valueOf(level), "1000", "ok");
    }

    void write(String id, String level, String used, String status) {
        String now = String.valueOf(clock.instant().toEpochMilli());
        redis.sync()
                .hset(
                        "user_portfolio:{" + id + "}",
                        Map.of("margin_level", level, "used_margin", used, "calc_status", status, "ts", now));
    }

    void announce(String id) {
        redis.sync().publish("portfolio_updates", id);
    }

    /** Nobody looks at it any more. */
    void close(String id) {
        redis.sync().del("user_portfolio:{" + id + "}", "user:{" + id + "}:config");
    }

    /** Writes a level of an account that is in order, and announces it. */
    void level(String id, double level) {
        write(id, level);
        announce(id);
    }
}
