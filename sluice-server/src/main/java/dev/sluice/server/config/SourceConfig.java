package dev.sluice.server.config;

import dev.sluice.redis.RedisSource;

/**
 * Where the levels of a flow come from by themselves: what a channel of a Redis announces.
 *
 * @param url the server
 * @param plan what is announced, and where the values are
 */
public record SourceConfig(StoreUrl url, RedisSource.Plan plan) {}
