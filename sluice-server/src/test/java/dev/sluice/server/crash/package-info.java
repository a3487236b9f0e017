/**
 * Kills the real server wherever that could hurt, and counts at real sinks whether anything was lost or told twice.
 *
 * <p>Every build runs {@link dev.sluice.server.crash.CrashTest} for one round. The long form is the same test for more
 * rounds, with a line for each incident and a table at the end:
 *
 * <pre>{@code
 * ./mvnw -pl sluice-server -am test -Dtest=CrashTest -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.crash.rounds=50
 * }</pre>
 *
 * <p>{@link dev.sluice.server.crash.ChaosTest} is the same for several servers over a store that they share, and for what
 * can happen to that; its long form, and what it takes:
 *
 * <pre>{@code
 * ./mvnw -pl sluice-server -am test -Dtest=ChaosTest -Dsurefire.failIfNoSpecifiedTests=false -Dsluice.chaos.rounds=3
 *     -Dsluice.chaos.servers=3 -Dsluice.chaos.pause=PT40S -Dsluice.chaos.stores=postgresql,mariadb,redis,sentinel,cluster
 * }</pre>
 */
@NullMarked
package dev.sluice.server.crash;

import org.jspecify.annotations.NullMarked;
