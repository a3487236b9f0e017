package dev.sluice.redis;

import io.lettuce.core.RedisURI;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where the server is, out of a URL. Prints no user and no password. */
final class Address {
    private static final Pattern FORM =
            Pattern.compile("(rediss?|rediss?-sentinel|rediss?-cluster)://(?:(.*)@)?([^@/?#]+)(.*)");

    private final String scheme;
    private final String hosts;
    private final List<RedisURI> nodes;

    private Address(String scheme, String hosts, List<RedisURI> nodes) {
        this.scheme = scheme;
        this.hosts = hosts;
        this.nodes = nodes;
    }

    /**
     * Reads {@code redis://}, {@code rediss://}, {@code redis-sentinel://host:port,host:port#master} or {@code
     * redis-cluster://host:port,host:port}, with {@code user:password@} before the hosts; {@code rediss-} with TLS.
     *
     * @throws IllegalArgumentException if it is none of them; says nothing of what it holds
     */
    static Address of(String url) {
        Matcher form = FORM.matcher(url);
        if (!form.matches()) {
            throw new IllegalArgumentException("the URL of the Redis store is none; write redis://host:6379,"
                    + " rediss://, redis-sentinel://host:26379#master or redis-cluster://host:6379,host:6379");
        }
        String scheme = form.group(1);
        String login = form.group(2) == null ? "" : form.group(2) + "@";
        String hosts = form.group(3);
        try {
            return new Address(scheme, hosts, nodes(scheme, login, hosts, form.group(4)));
        } catch (IllegalArgumentException e) {
            // Without its cause, which holds the URL and so the password.
            throw new IllegalArgumentException("the URL of the Redis store at " + hosts
                    + " is not of the form scheme://user:password@host:port/number; is the login percent-encoded?");
        }
    }

    private static List<RedisURI> nodes(String scheme, String login, String hosts, String rest) {
        String plain = scheme.startsWith("rediss") ? "rediss" : "redis";
        List<RedisURI> nodes = new ArrayList<>();
        if (scheme.endsWith("-cluster")) {
            for (String host : hosts.split(",")) {
                nodes.add(RedisURI.create(plain + "://" + login + host + rest));
            }
        } else {
            nodes.add(RedisURI.create(scheme + "://" + login + hosts + rest));
        }
        return nodes;
    }

    boolean isCluster() {
        return scheme.endsWith("-cluster");
    }

    /** One, or in a cluster those to begin with. */
    List<RedisURI> nodes() {
        return nodes;
    }

    @Override
    public String toString() {
        return scheme + "://" + hosts;
    }
}
