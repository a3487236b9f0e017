package dev.sluice.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.RedisBusyException;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisLoadingException;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/** What a node says decides whether the others are asked without it. */
class RefusalsTest {
    private static boolean isAway(String said) {
        return Refusals.isAway(new CompletionException(new RedisCommandExecutionException(said)));
    }

    @Test
    void aNodeThatCannotAnswerYetIsAway() {
        assertThat(Refusals.isAway(new RedisLoadingException("LOADING Redis is loading the dataset in memory")))
                .isTrue();
        assertThat(Refusals.isAway(new RedisBusyException("BUSY Redis is busy running a script")))
                .isTrue();
        assertThat(isAway("MASTERDOWN Link with MASTER is down")).isTrue();
        assertThat(isAway("CLUSTERDOWN The cluster is down")).isTrue();
    }

    @Test
    void aNodeThatRefusesIsThere() {
        assertThat(isAway("NOPERM this user has no permissions")).isFalse();
        assertThat(isAway("BUSYGROUP Consumer Group name already exists")).isFalse();
        assertThat(isAway("OOM command not allowed")).isFalse();
    }
}
