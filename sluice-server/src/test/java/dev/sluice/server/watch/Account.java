package dev.sluice.server.watch;

import dev.sluice.testbed.RedisServer;
import java.time.Instant;

/** An account, as the calculator of portfolios writes it to a real Redis, and announces it. */
final class Account {
    private static final String CHANNEL = "portfolio_updates";

    private final Ask redis;
    private final String subject;
    private final String portfolio;

    /** Sends a command to a Redis. */
    @FunctionalInterface
    interface Ask {
        String ask(String... words);
    }

    /** @param subject of the form {@code type:id} */
    Account(Ask redis, String subject) {
        this.redis = redis;
        this.subject = subject;
        this.portfolio = "user_portfolio:{" + subject + "}";
    }

    /** Writes a level as of now, and says nothing. */
    void write(double level) {
        write(Double.toString(level), "ok", Instant.now());
    }

    void write(String level, String status, Instant at) {
        redis.ask(
                "HSET",
                portfolio,
                "margin_level",
                level,
                "used_margin",
                "1000",
                "calc_status",
                status,
                "ts",
                Long.toString(at.toEpochMilli()));
    }

    void address(String address) {
        redis.ask("HSET", "user:{" + subject + "}:config", "email", address);
    }

    /** The portfolio is gone. */
    void remove() {
        redis.ask("DEL", portfolio);
    }

    /** Something stands where the portfolio was that is no hash. */
    void spoil() {
        redis.ask("SET", portfolio, "no hash");
    }

    void announce() {
        redis.ask("PUBLISH", CHANNEL, subject);
    }

    /** Writes a level and announces it. */
    void tell(double level) {
        write(level);
        announce();
    }

    /** How many servers listen for accounts. */
    static long listeners(RedisServer redis) {
        String reply = redis.ask("PUBSUB", "NUMSUB", CHANNEL);
        return Long.parseLong(reply.substring(reply.lastIndexOf('\n') + 1));
    }
}
