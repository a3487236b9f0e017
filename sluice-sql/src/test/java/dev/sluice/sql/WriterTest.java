package dev.sluice.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The one thread that writes must outlive whatever its driver throws. */
class WriterTest {
    private final List<String> asked = new ArrayList<>();

    private static <T> T fake(Class<T> type, InvocationHandler does) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, does));
    }

    @Test
    void aDriverThatFailsInAWayOfItsOwnLeavesItUnknownWhichKeysAreHeld() throws Exception {
        Session broken = fake(Session.class, (proxy, method, arguments) -> {
            asked.add(method.getName());
            return switch (method.getName()) {
                case "held" -> throw new IllegalStateException("a fault of the driver");
                case "rollback" -> true;
                default -> 0L;
            };
        });
        Database database = fake(Database.class, (proxy, method, arguments) -> broken);
        Writer writer = new Writer(database, new HeldUp(10), new Random(1));
        assertThat(writer.held(Set.of("errors:one"))).isEmpty();
        assertThat(asked).as("no transaction is left open").contains("rollback");
    }
}
