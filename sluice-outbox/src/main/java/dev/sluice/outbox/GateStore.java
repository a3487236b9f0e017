package dev.sluice.outbox;

import dev.sluice.Books;
import dev.sluice.Store;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * A store that decides keys beside the database of the outbox, such as Redis.
 *
 * @param keys decides; everything that is asked of it must end within a bounded time
 * @param books what all steps of the store moved in the books so far, by flow, those of other processes included; fails
 *     with {@link dev.sluice.StoreException} while the store is away
 */
public record GateStore(Store keys, Supplier<CompletionStage<Map<String, Books>>> books) {}
