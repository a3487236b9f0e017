@NullMarked
package dev.sluice.sql;

import org.jspecify.annotations.NullMarked;
