/** SQLite, and the unit of work around a step. */
@NullMarked
package dev.sluice.sql;

import org.jspecify.annotations.NullMarked;
