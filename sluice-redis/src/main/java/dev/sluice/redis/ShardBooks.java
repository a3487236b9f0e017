package dev.sluice.redis;

import dev.sluice.Books;
import dev.sluice.Bucket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads the books that the script keeps in a hash of each shard: fields {@code flow:bucket}, values counts. */
final class ShardBooks {
    /** What the commonest steps move, in one field each: one that came in, and where it is now. */
    private static final Map<String, Bucket> TOGETHER =
            Map.of("suppressed", Bucket.HELD, "passed", Bucket.DELIVERED, "claimed", Bucket.PENDING);

    private static final Map<String, Bucket> BUCKETS =
            Arrays.stream(Bucket.values()).collect(Collectors.toMap(Bucket::word, Function.identity()));

    private ShardBooks() {}

    /** The books of all shards together, by flow. */
    static Map<String, Books> sum(List<Map<byte[], byte[]>> shards) {
        Map<String, Books> books = new TreeMap<>();
        for (Map<byte[], byte[]> shard : shards) {
            shard.forEach((field, value) -> {
                String name = new String(field, StandardCharsets.UTF_8);
                int colon = name.indexOf(':');
                if (colon > 0) {
                    long count = Long.parseLong(new String(value, StandardCharsets.US_ASCII));
                    books.merge(name.substring(0, colon), of(name.substring(colon + 1), count), Books::plus);
                }
            });
        }
        return books;
    }

    private static Books of(String bucket, long count) {
        Bucket now = TOGETHER.get(bucket);
        return now == null
                ? Books.only(BUCKETS.getOrDefault(bucket, Bucket.UNKNOWN), count)
                : Books.only(Bucket.IN, count).with(now, count);
    }
}
