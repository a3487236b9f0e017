package dev.sluice.redis;

import dev.sluice.DamagedStateException;
import dev.sluice.Key;
import dev.sluice.StoreException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisCommandTimeoutException;
import io.lettuce.core.RedisException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/** What the server, or the way to it, refused: in words that say what to do. */
final class Refusals {
    /** By the first word of an error of the server. */
    private static final Map<String, String> ADVICE = Map.of(
            "OOM", "is full; raise its maxmemory, or give the gate a server of its own",
            "READONLY", "is a replica now; the connection will find the master by itself",
            "MISCONF", "does not accept writes because it cannot save; see its log",
            "NOREPLICAS", "has too few replicas to accept writes",
            "NOAUTH",
                    "wants a password, and perhaps a user; write them in the URL, or as redis.password and redis.user",
            "WRONGPASS", "does not know this user and password",
            "NOPERM", "does not allow this user what the store needs; docs/stores.md has the line for its ACL",
            "CLUSTERDOWN", "does not serve all slots of its cluster",
            "LOADING", "is still loading its data",
            "BUSY", "is busy with a script of somebody else");

    /** What a server says that is there and cannot answer yet. */
    private static final Set<String> AWAY = Set.of("CLUSTERDOWN", "LOADING", "MASTERDOWN", "BUSY");

    private final Address address;

    Refusals(Address address) {
        this.address = address;
    }

    StoreException of(Throwable fault) {
        Throwable cause = cause(fault);
        return cause instanceof StoreException known ? known : new StoreException(text(cause), cause);
    }

    /** As {@link #of(Throwable)}, for what was asked about one key, whose state may be what is wrong. */
    StoreException of(Throwable fault, Key key) {
        Throwable cause = cause(fault);
        return isUnreadable(cause) ? new DamagedStateException(key.text(), cause) : of(cause);
    }

    /** Whether there is no server to be asked, rather than one that refuses. */
    static boolean isAway(Throwable fault) {
        Throwable cause = cause(fault);
        return cause instanceof RedisException
                && (!(cause instanceof RedisCommandExecutionException)
                        || AWAY.contains(String.valueOf(cause.getMessage()).split(" ", 2)[0]));
    }

    private static Throwable cause(Throwable fault) {
        Throwable cause = fault;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The script fails by itself only where it cannot read a state; what is refused to it begins otherwise, or is quoted. */
    private static boolean isUnreadable(Throwable cause) {
        String said = String.valueOf(cause.getMessage());
        return said.contains("WRONGTYPE")
                || (said.startsWith("ERR ")
                        && said.contains("user_script")
                        && !said.contains(": -")
                        && !said.contains("Script killed"));
    }

    private String text(Throwable cause) {
        if (cause instanceof RedisCommandTimeoutException) {
            return "Redis at " + address + " did not answer in time; what was asked may have happened or not";
        }
        String said = String.valueOf(cause.getMessage());
        if (said.contains("size exceeded")) {
            return "Redis at " + address + " is slow: as many commands wait for it as may; nothing was asked";
        }
        int end = said.indexOf(' ');
        String advice = ADVICE.get(end < 0 ? said : said.substring(0, end));
        return "Redis at " + address + " " + (advice == null ? "cannot be asked: " + said : advice);
    }
}
