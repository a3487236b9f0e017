/**
 * The kit that proves a store. Extend {@link dev.sluice.contract.StoreContract} with a class of a few lines; everything
 * that a store must do is then a test of yours. {@link dev.sluice.contract.ManualClock} is the clock that the kit, or a
 * test of an application, moves by hand.
 */
@NullMarked
package dev.sluice.contract;

import org.jspecify.annotations.NullMarked;
