/** Stores that keep the state of keys in a SQL database, and the unit of work that others share with them. */
@NullMarked
package dev.sluice.sql;

import org.jspecify.annotations.NullMarked;
