package dev.sluice.redis;

import dev.sluice.Key;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The keys of the server. The state of a key is {@code prefix:{shard}:flow:subject}, where the shard is {@link
 * Key#shard}; the braces make all keys of a shard lie in one slot of a cluster. Names of our own begin with {@code ~},
 * which no flow does.
 */
final class Names {
    static final int SHARDS = 256;

    private final String prefix;
    private final List<byte[]> due = new ArrayList<>(SHARDS);
    private final List<byte[]> books = new ArrayList<>(SHARDS);

    Names(String prefix) {
        this.prefix = prefix;
        for (int shard = 0; shard < SHARDS; shard++) {
            due.add(bytes(shard(shard) + "~due"));
            books.add(bytes(shard(shard) + "~books"));
        }
    }

    private String shard(int shard) {
        return prefix + ":{" + shard + "}:";
    }

    byte[] state(Key key) {
        return bytes(shard(key.shard()) + key.text());
    }

    /** The due index of a shard: members are the texts of keys, scores their due times. */
    byte[] due(int shard) {
        return due.get(shard);
    }

    /** The books of a shard: fields are {@code flow:bucket}, and {@code fence} for the floor of the fences. */
    byte[] books(int shard) {
        return books.get(shard);
    }

    /** Where every process is told which key was armed again. */
    byte[] rearmed() {
        return bytes(prefix + ":~rearmed");
    }

    /** Which database the servers of this store share. */
    byte[] database() {
        return bytes(prefix + ":~database");
    }

    /** What all states match, or those of one flow; neither a prefix nor a flow holds what a pattern would read. */
    String pattern(String flow) {
        return prefix + ":{*}:" + flow + "[:~]*";
    }

    String pattern() {
        return prefix + ":{*}:[a-z0-9]*";
    }

    /**
     * The key whose state has this name.
     *
     * @throws IllegalArgumentException if no state has
     */
    Key key(byte[] state) {
        String text = new String(state, StandardCharsets.UTF_8);
        Key key = Key.parse(text.substring(text.indexOf("}:", prefix.length()) + 2));
        if (!Arrays.equals(state(key), state)) {
            throw new IllegalArgumentException("the state of " + key + " has another name");
        }
        return key;
    }

    /**
     * The key that a member of the due index of a shard stands for.
     *
     * @throws IllegalArgumentException if it is none, or one of another shard
     */
    static Key member(byte[] text, int shard) {
        Key key = Key.parse(new String(text, StandardCharsets.UTF_8));
        if (key.shard() != shard || !Arrays.equals(bytes(key.text()), text)) {
            throw new IllegalArgumentException("the due index of shard " + shard + " is not that of " + key);
        }
        return key;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
