package dev.sluice.contract;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.sluice.Store;
import dev.sluice.contract.PlainStore.Fault;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The kit passes the plainest store, and each test here named refuses a store with the fault that it is there for. */
class StoreContractFindsTest {
    private static final Map<Fault, String> REFUSED_BY = Map.ofEntries(
            entry(Fault.NO_LOCK, "passesExactlyTheLimitHoweverManyAsk"),
            entry(Fault.NO_FLOOR, "givesAForgottenKeyHigherFencesThanBefore"),
            entry(Fault.STALE_INDEX, "movesAKeyInTheIndexWithItsState"),
            entry(Fault.UNSORTED_INDEX, "listsTheSoonestFirstAndNoMoreThanAsked"),
            entry(Fault.FORGETS_EARLY, "forgetsAKeyOneLeaseAfterItsWindow"),
            entry(Fault.FORGETS_COUNTS, "handsTheCountsOfAForgottenKeyToTheBooks"),
            entry(Fault.READ_ADVANCES, "readsAStateAsItWasWrittenAndNoFurther"),
            entry(Fault.PAGES_OVERLAP, "listsTheKeysOfAFlowPageByPage"),
            entry(Fault.APPLIES_TWICE, "startsFromWhatItWroteLast"),
            entry(Fault.KEEPS_STRANGERS, "makesNoKeyOfWhatBringsNoOccurrence"),
            entry(Fault.NEVER_CLOSED, "refusesEveryCallOnceItIsClosed"),
            entry(Fault.REMEMBERS, "seesAtOnceWhatAnotherProcessDecided"),
            entry(Fault.LOCKS_ALONE, "passesExactlyTheLimitHoweverManyProcessesAsk"),
            entry(Fault.FLOOR_OF_ITS_OWN, "neverGivesAFenceTwiceWhicheverProcessForgotTheKey"),
            entry(Fault.TELLS_NOBODY, "hearsOfAResetInAnotherProcess"),
            entry(Fault.REPEATS_AS_NEW, "countsAnOccurrenceOnceAlthoughItsAnswerWasLost"),
            entry(Fault.FAILS_ODDLY, "settlesOnceAlthoughTheAnswerWasLost"),
            entry(Fault.GOES_BY_ITS_PROCESS, "isAheadByWhatItIsToldAndNoMore"),
            entry(Fault.TIME_GOES_BACK, "neverTellsATimeBeforeTheOneItToldLast"));

    /** A store with the faults of which one test at a time is made to look. */
    static class PlainStoreContract extends StoreContract {
        /** Set by the one test below, which runs its launcher in its own thread. */
        private static final ThreadLocal<Set<Fault>> FAULTS =
                ThreadLocal.withInitial(() -> EnumSet.noneOf(Fault.class));

        private PlainStore store = new PlainStore(InstantSource.system(), EnumSet.noneOf(Fault.class));

        @Override
        protected Store open(InstantSource clock) {
            store = new PlainStore(clock, FAULTS.get());
            return store;
        }

        @Override
        protected Optional<Store> openSecond(InstantSource clock) {
            return Optional.of(store.elsewhere(clock));
        }

        @Override
        protected Optional<Store> openByItsOwnClock(Duration ahead) {
            return Optional.of(store.byItsOwnClock(ahead));
        }

        @Override
        protected boolean cutRepliesAfter(long bytes) {
            store.loseNextReply();
            return true;
        }

        @Override
        protected boolean tellsOfResetsElsewhere() {
            return true;
        }

        @Override
        protected Optional<Store> reopen(InstantSource clock) {
            return Optional.empty();
        }
    }

    @Test
    void theWholeKitPassesAStoreWithoutAFault() {
        assertThat(run(selectClass(PlainStoreContract.class), EnumSet.noneOf(Fault.class))
                        .getFailures())
                .isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> everyFaultOfAStoreIsFound() {
        assertThat(REFUSED_BY.keySet()).containsExactlyInAnyOrder(Fault.values());
        return REFUSED_BY.entrySet().stream()
                .map(refused ->
                        DynamicTest.dynamicTest(refused.getKey() + " is refused by " + refused.getValue(), () -> {
                            assertThat(run(refused.getValue(), EnumSet.noneOf(Fault.class))
                                            .getTestsSucceededCount())
                                    .as("without the fault it passes")
                                    .isEqualTo(1);
                            assertThat(run(refused.getValue(), EnumSet.of(refused.getKey()))
                                            .getTestsFailedCount())
                                    .as("with the fault it fails")
                                    .isEqualTo(1);
                        }));
    }

    private static TestExecutionSummary run(String test, Set<Fault> faults) {
        return run(selectMethod(PlainStoreContract.class, test), faults);
    }

    private static TestExecutionSummary run(DiscoverySelector tests, Set<Fault> faults) {
        PlainStoreContract.FAULTS.set(faults);
        try {
            SummaryGeneratingListener summary = new SummaryGeneratingListener();
            Launcher launcher = LauncherFactory.create(LauncherConfig.builder()
                    .enableLauncherSessionListenerAutoRegistration(false)
                    .enableTestExecutionListenerAutoRegistration(false)
                    .build());
            launcher.execute(
                    LauncherDiscoveryRequestBuilder.request().selectors(tests).build(), summary);
            return summary.getSummary();
        } finally {
            PlainStoreContract.FAULTS.remove();
        }
    }
}
